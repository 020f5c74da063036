using System.Diagnostics;
using System.Net.Http.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests;

/// <summary>Starting, stopping and starting again, as a user does it.</summary>
public sealed class StartTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-start-");

    [Fact]
    public async Task A_second_start_on_the_same_data_finds_what_the_first_wrote_and_both_stop_cleanly()
    {
        using (var first = await PlaneProcess.StartAsync(folder.FullName))
        {
            using var created = await first.Http.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name = "kept" });
            created.EnsureSuccessStatusCode();
            Assert.Equal(0, await first.StopAsync());
        }

        using var second = await PlaneProcess.StartAsync(folder.FullName);
        using var found = await second.Http.GetAsync("/api/2.0/mlflow/experiments/get-by-name?experiment_name=kept");
        found.EnsureSuccessStatusCode();
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact]
    public async Task A_start_on_a_data_folder_that_is_in_use_says_so_and_exits_with_1()
    {
        using var first = await PlaneProcess.StartAsync(folder.FullName);
        var (status, error) = await RunAsync("--data", folder.FullName, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, status);
        Assert.Contains("is in use by another process", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls", "somewhere", "is not an address")]
    [InlineData("--Identity:ClusterSecret", "short", "at least 32 characters")]
    [InlineData("--urls", "ftp://0.0.0.0:5000", "is not an address")]
    [InlineData("--Messaging:RabbitMq", "amqp://127.0.0.1:5672", "Messaging:RabbitMq is set, but the one-process product carries its events itself")]
    [InlineData("--nonsense", "x", "Unknown option --nonsense")]
    public async Task A_start_that_is_not_allowed_says_why_and_exits_with_1(string option, string value, string why)
    {
        var (status, error) = await RunAsync("--data", folder.FullName, option, value);
        Assert.Equal(1, status);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<(int Status, string Error)> RunAsync(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", [typeof(AllInOne.Product).Assembly.Location, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}
