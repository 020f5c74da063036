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

    public void Dispose() => plane.Dispose();
}
