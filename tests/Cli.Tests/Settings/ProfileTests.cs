using MlopsPlane.Cli.Tests.World;

namespace MlopsPlane.Cli.Tests.Settings;

public sealed class ProfileTests : IDisposable
{
    private const string Key = "plane_aaaaaaaa_0123456789012345678901234567890123456789012";
    private readonly PlaneCli plane = new();

    [Fact]
    public async Task The_file_and_its_folder_are_for_their_owner_alone()
    {
        Assert.Equal(0, (await plane.RunAsync("config", "set", "url", "https://plane.example.com/w/team-a")).Status);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(plane.Config));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(plane.Config)!));
        Assert.Equal([plane.Config], Directory.GetFiles(Path.GetDirectoryName(plane.Config)!));
        var profile = (await plane.JsonAsync("config", "show")).GetProperty("profiles")[0];
        Assert.Equal(("https://plane.example.com", "team-a"), (profile.GetProperty("url").GetString(), profile.GetProperty("workspace").GetString()));
    }

    [Theory]
    [InlineData("PLANE_CONFIG", "somewhere/file.json", "somewhere/file.json")]
    [InlineData("XDG_CONFIG_HOME", "xdg", "xdg/plane/config.json")]
    public async Task The_environment_says_where_the_file_lies(string variable, string value, string expected)
    {
        plane.With(variable, Path.Combine(plane.Home, value));
        Assert.Equal(0, (await plane.RunAsync("config", "set", "workspace", "team-a")).Status);
        Assert.True(File.Exists(Path.Combine(plane.Home, expected)));
        Assert.False(File.Exists(plane.Config));
    }

    [Fact]
    public async Task A_file_that_others_can_read_is_refused_with_the_command_that_repairs_it()
    {
        Write("""{"current":"default","named":{"default":{"url":"http://127.0.0.1:1","key":"KEY"}}}""");
        File.SetUnixFileMode(plane.Config, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var run = await plane.RunAsync("status");
        Assert.Equal(2, run.Status);
        Assert.Contains("(config_open)", run.Errors, StringComparison.Ordinal);
        var repair = run.Errors.Split('\n')[1].Trim();
        Assert.Equal($"chmod 600 {plane.Config}", repair);
        using (var chmod = plane.StartProgram("bash", "-c", repair))
            await chmod.WaitForExitAsync();
        Assert.Equal(3, (await plane.RunAsync("status")).Status);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"current":"a","named":{"a":{"url":null}}}""")]
    public async Task A_file_that_cannot_be_read_is_told_and_left_as_it_is(string text)
    {
        Write(text);
        var run = await plane.RunAsync("config", "set", "workspace", "x");
        Assert.Equal(2, run.Status);
        Assert.Contains("(config_broken)", run.Errors, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(plane.Config));
    }

    [Fact]
    public async Task A_link_to_the_file_stays_a_link()
    {
        Write("""{"current":"default","named":{"default":{"url":"http://127.0.0.1:1"}}}""");
        var elsewhere = Path.Combine(plane.Home, "dotfiles.json");
        File.Move(plane.Config, elsewhere);
        File.CreateSymbolicLink(plane.Config, elsewhere);
        Assert.Equal(0, (await plane.RunAsync("config", "set", "workspace", "team-a")).Status);
        Assert.NotNull(File.ResolveLinkTarget(plane.Config, returnFinalTarget: false));
        Assert.Contains("team-a", await File.ReadAllTextAsync(elsewhere), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_file_while_it_is_replaced()
    {
        Assert.Equal(0, (await plane.RunAsync("config", "set", "workspace", "w0")).Status);
        var writers = Task.WhenAll(Enumerable.Range(1, 4).Select(i => plane.RunAsync("config", "set", "workspace", $"w{i}")));
        var seen = 0;
        while (!writers.IsCompleted)
        {
            System.Text.Json.JsonElement.Parse(await File.ReadAllTextAsync(plane.Config));
            seen++;
        }

        Assert.All(await writers, run => Assert.Equal(0, run.Status));
        Assert.True(seen > 10);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(plane.Config)!));
    }

    [Fact]
    public async Task A_key_goes_to_the_server_that_it_was_stored_for_and_to_no_other()
    {
        await using var home = await StubServer.SayingAsync(200, """{"subject":"user:a","rules":[]}""");
        await using var other = await StubServer.SayingAsync(200, """{"subject":"user:a","rules":[]}""");
        Write($$$$"""{"current":"default","named":{"default":{"url":"{{{{home.Url}}}}","key":"{{{{Key}}}}"}}}""");
        await plane.RunAsync("whoami");
        Assert.Equal([$"Bearer {Key}"], home.Shown);
        await plane.RunAsync("whoami", "--url", other.Url);
        await plane.With("PLANE_URL", other.Url).RunAsync("whoami");
        Assert.Equal(["", ""], other.Shown);
        // A profile that is named wins over the environment, with its own key.
        await plane.With("PLANE_KEY", "other_key").RunAsync("whoami", "--profile", "default");
        Assert.Equal($"Bearer {Key}", home.Shown[^1]);
        // MLflow's token belongs to MLflow's address.
        using var mlflow = new PlaneCli().With("MLFLOW_TRACKING_URI", home.Url).With("MLFLOW_TRACKING_TOKEN", "mlflow_key");
        await mlflow.RunAsync("whoami");
        await mlflow.RunAsync("whoami", "--url", other.Url);
        Assert.Equal(("Bearer mlflow_key", ""), (home.Shown[^1], other.Shown[^1]));
    }

    [Fact]
    public async Task A_key_is_not_sent_unencrypted_to_another_machine_unless_that_was_said()
    {
        plane.With("PLANE_KEY", Key).With("PLANE_URL", "http://plane.invalid:5000");
        var run = await plane.RunAsync("whoami");
        Assert.Equal(2, run.Status);
        Assert.Contains("(insecure_address)", run.Errors, StringComparison.Ordinal);
        Assert.Equal(3, (await plane.RunAsync("whoami", "--insecure")).Status);
        Assert.Equal(3, (await plane.RunAsync("whoami", "--url", "https://plane.invalid")).Status);
    }

    [Theory]
    [InlineData("http://user:secret@127.0.0.1:1")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("127.0.0.1:5000")]
    [InlineData("http://127.0.0.1:1/?key=x")]
    public async Task An_address_that_is_none_or_holds_a_secret_is_refused(string url)
    {
        var run = await plane.RunAsync("whoami", "--url", url);
        Assert.Equal(2, run.Status);
        Assert.StartsWith("plane: --url", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profiles_are_chosen_by_name_and_lose_their_key_when_they_move_to_another_server()
    {
        Write($$$$"""{"current":"a","named":{"a":{"url":"http://127.0.0.1:1","key":"{{{{Key}}}}"},"b":{"url":"http://127.0.0.1:2"}}}""");
        Assert.Contains("127.0.0.1:1 ", (await plane.RunAsync("whoami")).Errors, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:2 ", (await plane.RunAsync("whoami", "--profile", "b")).Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await plane.RunAsync("config", "use", "b")).Status);
        Assert.Contains("127.0.0.1:2 ", (await plane.RunAsync("whoami")).Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await plane.RunAsync("config", "use", "c")).Status);
        Assert.Equal(2, (await plane.RunAsync("whoami", "--profile", "c")).Status);
        var shown = await plane.RunAsync("config", "show");
        Assert.DoesNotContain(Key, shown.Output, StringComparison.Ordinal);
        Assert.Contains("plane_aaaaaaaa…", shown.Output, StringComparison.Ordinal);
        Assert.Contains("is removed", (await plane.RunAsync("config", "set", "url", "http://127.0.0.1:3", "--profile", "a")).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, await File.ReadAllTextAsync(plane.Config), StringComparison.Ordinal);
    }

    private void Write(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(plane.Config)!);
        File.WriteAllText(plane.Config, text);
        File.SetUnixFileMode(plane.Config, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => plane.Dispose();
}
