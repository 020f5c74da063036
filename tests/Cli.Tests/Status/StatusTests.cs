using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Status;

public sealed class StatusTests(GuardedOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task Status_tells_what_runs_there_and_who_one_is()
    {
        var status = await Plane.JsonAsync("status");
        Assert.Equal(("plane", "Healthy", "3.11.1"), (status.GetProperty("server").GetString(), status.GetProperty("ready").GetString(), status.GetProperty("mlflowVersion").GetString()));
        Assert.Equal(PlaneProgram.Version, status.GetProperty("version").GetString());
        Assert.StartsWith("service:", status.GetProperty("subject").GetString(), StringComparison.Ordinal);
        Assert.Equal(Workspace, status.GetProperty("workspace").GetString());
        Assert.Equal(0, status.GetProperty("events").GetProperty("parked").GetInt64());
    }

    [Fact]
    public async Task Status_without_a_key_tells_what_everybody_may_know_and_ends_with_4()
    {
        var run = await NewPlane(null).RunAsync("status");
        Assert.Equal(4, run.Status);
        Assert.Contains("Healthy", run.Output, StringComparison.Ordinal);
        Assert.Contains("plane login", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_of_this_program_is_told_without_a_server_too()
    {
        Assert.Equal(PlaneProgram.Version, (await Plane.JsonAsync("version")).GetProperty("server").GetString());
        Assert.Equal(PlaneProgram.Version, (await Plane.JsonAsync("version", "--url", "http://127.0.0.1:1")).GetProperty("cli").GetString());
    }
}
