using MlopsPlane.Cli.Tests.World;

namespace MlopsPlane.Cli.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly PlaneCli plane = new();

    [Fact]
    public async Task What_is_written_wrongly_is_told_in_one_line_with_status_2()
    {
        var run = await plane.RunAsync("keys", "lsit");
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains("'lsit'", run.Errors, StringComparison.Ordinal);
        Assert.Contains("plane keys --help", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_status_3_and_says_where_the_address_came_from()
    {
        var run = await plane.RunAsync("keys", "list", "--url", "http://127.0.0.1:1");
        Assert.Equal((3, ""), (run.Status, run.Output));
        Assert.StartsWith("plane: Nothing listens on http://127.0.0.1:1 (connection_refused)", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--url", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_tells_the_exit_codes_and_asks_no_server()
    {
        await using var server = await StubServer.SayingAsync(200, """{"workspaces":[{"name":"asked"}]}""");
        var help = await plane.With("PLANE_URL", server.Url).RunAsync("workspaces", "show", "--help");
        Assert.Contains("<name>", help.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (help.Status, server.Requests));
        Assert.Contains("3 not reachable, 4 not allowed", (await plane.RunAsync("--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_sent_is_refused_before_anything_is()
    {
        const string key = "plane_aaaaaaaa_0123456789012345678901234567890123456789012";
        await using var server = await StubServer.SayingAsync(200, "{}");
        plane.With("PLANE_URL", server.Url);
        foreach (var arguments in (string[][])[["models", "list", "-w", "a\nb"], ["models", "list", "-w", "ä"], ["keys", "show", key], ["keys", "revoke", key, "--yes"], ["permissions", "--key", key], ["members", "show", ".."]])
            Assert.Equal(2, (await plane.RunAsync(arguments)).Status);
        Assert.Equal(2, (await plane.With("PLANE_KEY", "two words").RunAsync("whoami")).Status);
        Assert.Equal(0, server.Requests);
    }

    public void Dispose() => plane.Dispose();
}
