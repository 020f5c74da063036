using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Workspaces;

public sealed class WorkspaceTests(GuardedOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task A_workspace_is_made_changed_listed_and_deleted()
    {
        var made = await Plane.JsonAsync("workspaces", "create", Workspace, "--description", "a team");
        Assert.Equal("a team", made.GetProperty("description").GetString());
        Refused(await Plane.RunAsync("workspaces", "create", Workspace), 1, "RESOURCE_ALREADY_EXISTS");
        Assert.Equal("ours", (await Plane.JsonAsync("workspaces", "update", Workspace, "--description", "ours")).GetProperty("description").GetString());
        Assert.Contains("ours", (await Plane.RunAsync("workspaces", "show", Workspace)).Output, StringComparison.Ordinal);
        Assert.Contains(Workspace, (await Plane.RunAsync("workspaces", "list", "--all")).Output, StringComparison.Ordinal);

        Assert.Contains("would delete", (await Plane.RunAsync("workspaces", "delete", Workspace, "--dry-run")).Output, StringComparison.Ordinal);
        Refused(await Plane.RunAsync("workspaces", "delete", Workspace), 2, "usage");
        Assert.Equal(0, (await Plane.RunAsync("workspaces", "delete", Workspace, "--yes")).Status);
        Refused(await Plane.RunAsync("workspaces", "show", Workspace), 1, "RESOURCE_DOES_NOT_EXIST");
        Refused(await Plane.RunAsync("workspaces", "update", Workspace), 2, "usage");
    }

    [Fact]
    public async Task What_a_workspace_holds_is_deleted_only_when_that_was_said()
    {
        await Plane.JsonAsync("workspaces", "create", Workspace);
        await NewExperimentAsync("kept");
        var refused = await Plane.RunAsync("workspaces", "delete", Workspace, "--yes");
        Refused(refused, 1, "INVALID_STATE");
        Assert.Contains("still contains", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await Plane.RunAsync("workspaces", "delete", Workspace, "--yes", "--contents", "delete")).Status);
        Refused(await Plane.RunAsync("workspaces", "delete", Workspace, "--yes"), 1, "RESOURCE_DOES_NOT_EXIST");
    }

    [Fact]
    public async Task A_reader_may_look_and_not_delete()
    {
        await Plane.JsonAsync("workspaces", "create", Workspace);
        var account = await server.AddAccountAsync();
        await server.GrantAsync(new { subject = account.Subject, workspace = Workspace, role = "reader" });
        var reader = NewPlane(account.Key);
        Assert.Equal(Workspace, (await reader.JsonAsync("workspaces", "show", Workspace)).GetProperty("name").GetString());
        Refused(await reader.RunAsync("workspaces", "delete", Workspace, "--yes"), 4, "PERMISSION_DENIED");
    }
}
