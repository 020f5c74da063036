namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>The first start on an address that other machines reach, as a user does it.</summary>
public sealed class FirstStartTests : IDisposable
{
    private const string WhoAmI = "/api/v1/access/whoami";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-first-");

    private string[] Open => ["--data", folder.FullName, "--urls", "http://0.0.0.0:0", "--Workspaces:AutoCreate", "true"];

    [Fact]
    public async Task The_first_start_shows_a_key_once_and_asks_for_one_from_the_first_request_on()
    {
        string key;
        using (var first = await OpenProcess.StartAsync(Open))
        {
            key = ShownBy(first);
            using var nobody = first.Client();
            Assert.Equal(401, (await nobody.CallAsync("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0")).Status);
            Assert.Equal(200, (await nobody.CallAsync("GET", "/livez")).Status);
            using var owner = first.Client(key);
            await owner.DoneAsync("POST", "/api/2.0/mlflow/experiments/create", new { name = "mine" });
            Assert.Equal("service:admin", (await owner.DoneAsync("GET", WhoAmI)).Text("subject"));
            await first.StopAsync();
            Assert.Equal(2, first.Output.Split("plane_").Length);
        }

        using var second = await OpenProcess.StartAsync(Open);
        Assert.DoesNotContain("plane_", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MLFLOW_TRACKING_TOKEN", second.Output, StringComparison.Ordinal);
        using var again = second.Client(key);
        await again.DoneAsync("GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=mine");

        // Beside the running process, for whoever has lost theirs.
        var (status, output) = await OpenProcess.RunToEndAsync(["admin-key", "--data", folder.FullName]);
        Assert.Equal(0, status);
        var another = output.Trim();
        Assert.Matches("^plane_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$", another);
        using var back = second.Client(another);
        await back.DoneAsync("GET", "/api/v1/access/audit");
    }

    [Fact]
    public async Task An_open_address_in_the_servers_own_section_is_one_too()
    {
        using var plane = await OpenProcess.StartAsync(["--data", folder.FullName, "--urls", "http://127.0.0.1:0", "--Kestrel:Endpoints:Open:Url", "http://0.0.0.0:0"]);
        using var nobody = plane.Client();
        Assert.Equal(401, (await nobody.CallAsync("GET", WhoAmI)).Status);
        Assert.StartsWith("plane_", ShownBy(plane), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_the_machine_is_let_in_again_whatever_was_denied_to_the_account()
    {
        using var plane = await OpenProcess.StartAsync(Open);
        using var owner = plane.Client(ShownBy(plane));
        await owner.DoneAsync("POST", "/api/v1/access/grants", new { subject = "service:admin", workspace = "*", effect = "deny", verbs = new[] { "*" }, kind = "*" });
        await Testing.Hosts.GuardedFixture.UntilAsync(async () => (await owner.CallAsync("GET", "/api/v1/access/audit")).Status == 403);
        var (status, output) = await OpenProcess.RunToEndAsync(["admin-key", "--data", folder.FullName]);
        Assert.Equal(0, status);
        using var back = plane.Client(output.Trim());
        await Testing.Hosts.GuardedFixture.UntilAsync(async () => (await back.CallAsync("GET", "/api/v1/access/audit")).Status == 200);
    }

    [Fact]
    public async Task A_key_for_data_that_does_not_exist_yet_is_refused_with_what_to_do()
    {
        var (status, output) = await OpenProcess.RunToEndAsync(["admin-key", "--data", folder.FullName]);
        Assert.Equal(1, status);
        Assert.Contains("run 'migrate' first", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Identity:Required", "false", "Identity:Required is false")]
    [InlineData("--Identity:Oidc:Issuer", "http://issuer.example", "must be an https address")]
    [InlineData("--Identity:Oidc:Issuer", "https://issuer.example", "Identity:Oidc:Audience must be set")]
    [InlineData("--Identity:ClusterSecret", "short", "at least 32 characters")]
    public async Task A_start_that_would_leave_it_open_or_half_configured_is_refused(string option, string value, string why)
    {
        var (status, output) = await OpenProcess.RunToEndAsync([.. Open, option, value]);
        Assert.Equal(1, status);
        Assert.Contains(why, output, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>The key in the one line that tells it.</summary>
    private static string ShownBy(OpenProcess plane)
    {
        const string line = "export MLFLOW_TRACKING_TOKEN=";
        return Assert.Single(plane.Output.Split('\n'), one => one.StartsWith(line, StringComparison.Ordinal))[line.Length..].Trim();
    }
}
