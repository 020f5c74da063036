using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.AllInOne;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Operations;

public sealed class BackupTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-backup-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(folder.FullName, "plane.tar");

    [Fact]
    public async Task A_backup_that_is_taken_under_load_restores_to_one_instant()
    {
        var data = Folder("data");
        using (var plane = await PlaneProcess.StartAsync(data))
        {
            using (var put = await plane.Http.PutAsync("/w/team-a/api/2.0/mlflow-artifacts/artifacts/0/file.txt", new StringContent("kept"), Ct))
                Assert.Equal(HttpStatusCode.OK, put.StatusCode);
            using var stop = new CancellationTokenSource();
            var writer = WriteAsync(plane.Http, stop.Token);
            await Task.Delay(300, Ct);
            Assert.Equal((0, ""), await RunAsync("backup", Archive, "--data", data));
            await stop.CancelAsync();
            Assert.True(await writer > 0);
            // What happens after the backup is not in it.
            using var later = await plane.Http.PutAsync("/w/team-a/api/2.0/mlflow-artifacts/artifacts/0/later.txt", new StringContent("x"), Ct);

            var (status, refusal) = await RunAsync("restore", Archive, "--data", data, "--force");
            Assert.Equal(1, status);
            Assert.Contains("is in use by another process", refusal, StringComparison.Ordinal);
        }

        Assert.Equal(["data", "plane.tar"], folder.GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal));
        var restored = Folder("restored");
        Assert.Equal((0, ""), await RunAsync("restore", Archive, "--data", restored));
        using var again = await PlaneProcess.StartAsync(restored);
        Assert.Equal("kept", await again.Http.GetStringAsync("/w/team-a/api/2.0/mlflow-artifacts/artifacts/0/file.txt", Ct));
        using (var missing = await again.Http.GetAsync("/w/team-a/api/2.0/mlflow-artifacts/artifacts/0/later.txt", Ct))
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        // Every experiment up to some number is there and none after it: one instant, nothing torn.
        var names = (await again.Http.GetFromJsonAsync<JsonElement>("/api/2.0/mlflow/experiments/search?max_results=50000&order_by=experiment_id%20ASC", Ct))
            .GetProperty("experiments").EnumerateArray().Select(e => e.GetProperty("name").GetString()).Skip(1).ToList();
        Assert.NotEmpty(names);
        Assert.Equal(Enumerable.Range(0, names.Count).Select(i => $"e{i}"), names);
        using var made = await again.Http.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name = "after" }, Ct);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
    }

    [Fact]
    public async Task A_folder_with_data_is_replaced_only_when_told_to()
    {
        var data = Folder("data");
        using (var plane = await PlaneProcess.StartAsync(data))
        using (await plane.Http.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name = "old" }, Ct))
            Assert.Equal(0, (await RunAsync("backup", Archive, "--data", data)).Status);
        using (var plane = await PlaneProcess.StartAsync(data))
        using (await plane.Http.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name = "new" }, Ct))
        using (await plane.Http.PutAsync("/api/2.0/mlflow-artifacts/artifacts/0/new.txt", new StringContent("x"), Ct))
            Assert.Equal(0, await plane.StopAsync());

        var (status, refusal) = await RunAsync("restore", Archive, "--data", data);
        Assert.Equal(1, status);
        Assert.Contains("--force", refusal, StringComparison.Ordinal);
        Assert.Equal((0, ""), await RunAsync("restore", Archive, "--data", data, "--force"));
        using var restored = await PlaneProcess.StartAsync(data);
        using var old = await restored.Http.GetAsync("/api/2.0/mlflow/experiments/get-by-name?experiment_name=old", Ct);
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        using var gone = await restored.Http.GetAsync("/api/2.0/mlflow/experiments/get-by-name?experiment_name=new", Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal("{}", await restored.Http.GetStringAsync("/api/2.0/mlflow-artifacts/artifacts", Ct));
    }

    [Fact]
    public async Task A_restored_product_signs_with_the_secrets_of_its_webhooks()
    {
        string[] receivers = ["--Webhooks:AllowHttp", "true", "--Webhooks:AllowedPrivateHosts:0", "127.0.0.1"];
        await using var receiver = await WebhookReceiver.StartAsync();
        var data = Folder("data");
        using (var plane = await PlaneProcess.StartAsync(data, receivers))
        {
            object[] events = [new { entity = "REGISTERED_MODEL", action = "CREATED" }];
            using var made = await plane.Http.PostAsJsonAsync("/api/2.0/mlflow/webhooks", new { name = "h", url = receiver.Url, secret = "s", events }, Ct);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
            Assert.Equal((0, ""), await RunAsync("backup", Archive, "--data", data));
        }

        var restored = Folder("restored");
        Assert.Equal((0, ""), await RunAsync("restore", Archive, "--data", restored));
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal((own, own), (File.GetUnixFileMode(Archive), File.GetUnixFileMode(Path.Combine(restored, "webhooks.key"))));
        }

        using var again = await PlaneProcess.StartAsync(restored, receivers);
        using var model = await again.Http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name = "m" }, Ct);
        var told = Assert.Single(await receiver.WaitAsync(1));
        var signed = System.Text.Encoding.UTF8.GetBytes($"{told.DeliveryId}.{told.Headers["X-MLflow-Timestamp"]}.{told.Body}");
        Assert.Equal("v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData("s"u8, signed)), told.Headers["X-MLflow-Signature"]);
    }

    [Theory]
    [InlineData("no tar at all")]
    [InlineData("")]
    public async Task A_file_that_is_no_backup_changes_nothing(string content)
    {
        var data = Folder("data");
        using (await PlaneProcess.StartAsync(data))
        {
        }

        var before = Directory.GetFiles(data).Order(StringComparer.Ordinal).ToList();
        await File.WriteAllTextAsync(Archive, content, Ct);
        var (status, refusal) = await RunAsync("restore", Archive, "--data", data, "--force");
        Assert.Equal(1, status);
        Assert.Contains("Nothing was changed.", refusal, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(data).Order(StringComparer.Ordinal));
        using var plane = await PlaneProcess.StartAsync(data);
    }

    [Fact]
    public async Task There_is_nothing_to_back_up_in_an_empty_folder()
    {
        var (status, refusal) = await RunAsync("backup", Archive, "--data", Folder("empty"));
        Assert.Equal(1, status);
        Assert.Contains("holds no data", refusal, StringComparison.Ordinal);
        Assert.False(File.Exists(Archive));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<int> WriteAsync(HttpClient http, CancellationToken stop)
    {
        for (var i = 0; ; i++)
        {
            if (stop.IsCancellationRequested)
                return i;
            using var made = await http.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name = $"e{i}" }, Ct);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        }
    }

    /// <summary>Runs a verb; its exit status and what it complained about.</summary>
    private static async Task<(int Status, string Complaint)> RunAsync(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", [typeof(Product).Assembly.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var complaint = process.StandardError.ReadToEndAsync(Ct);
        await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, await complaint);
    }

    private string Folder(string name) => Path.Combine(folder.FullName, name);
}
