using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Deployments;

public sealed class DeploymentTests(AllInOneOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task A_model_is_deployed_shown_and_taken_away()
    {
        await NewModelAsync("churn", versions: 2);
        Assert.Equal(0, (await Plane.RunAsync("models", "alias", "set", "churn@champion", "2")).Status);
        Refused(await Plane.RunAsync("deploy", "churn"), 2, "usage");
        Refused(await Plane.RunAsync("deploy", "churn/9"), 1, "model_version_not_found");
        Assert.Contains("version 2 of churn as 'churn'", (await Plane.RunAsync("deploy", "models:/churn@champion", "--dry-run")).Output, StringComparison.Ordinal);
        var made = await Plane.JsonAsync("deploy", "models:/churn@champion", "--replicas", "2", "--pool", "gpu", "--provider", "cuda");
        Assert.Equal(("churn", "gpu", "cuda"), (made.GetProperty("name").GetString(), made.GetProperty("spec").GetProperty("pool").GetString(), made.GetProperty("spec").GetProperty("provider").GetProperty("kind").GetString()));
        Refused(await Plane.RunAsync("deploy", "churn/1"), 1, "deployment_exists");
        Assert.Equal(0, (await Plane.RunAsync("deploy", "churn/1", "--name", "other")).Status);

        Assert.Contains("main=churn/2 (champion)", (await Plane.RunAsync("deployments", "list", "--pool", "gpu")).Output, StringComparison.Ordinal);
        Assert.Equal("other", Assert.Single((await Plane.JsonAsync("deployments", "list", "--pool", "default")).GetProperty("deployments").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(2, (await Plane.JsonAsync("deployments", "show", "churn")).GetProperty("spec").GetProperty("replicas").GetInt32());
        Assert.Equal("churn", (await Plane.JsonAsync("deployments", "status", "churn")).GetProperty("name").GetString());
        Assert.Contains("created", (await Plane.RunAsync("deployments", "events", "churn")).Output, StringComparison.Ordinal);
        Refused(await Plane.RunAsync("deployments", "rollback", "churn"), 1, "nothing_to_roll_back");
        Assert.Contains("main is back at version 1", (await Plane.RunAsync("deployments", "rollback", "churn", "--variant", "main", "--to", "1", "--reason", "why not")).Output, StringComparison.Ordinal);
        Assert.Contains("'churn' is tried again", (await Plane.RunAsync("deployments", "retry", "churn", "--reason", "why not")).Output, StringComparison.Ordinal);
        Refused(await Plane.RunAsync("deployments", "retry", "nope"), 1, "deployment_not_found");
        Assert.True((await Plane.JsonAsync("deployments", "unload", "churn")).GetProperty("suspended").GetBoolean());
        var refused = await Plane.RunAsync("deployments", "load", "nope");
        Refused(refused, 1, "http_404");
        Assert.Contains("'nope'", refused.Errors, StringComparison.Ordinal);
        var replica = Assert.Single((await Plane.JsonAsync("deployments", "replicas", "--pool", "default")).GetProperty("replicas").EnumerateArray());
        Assert.Equal(("cpu", false), (replica.GetProperty("providers")[0].GetString(), replica.GetProperty("silent").GetBoolean()));
        Assert.Empty((await Plane.JsonAsync("deployments", "replicas", "--pool", "none")).GetProperty("replicas").EnumerateArray());
        Refused(await Plane.RunAsync("deployments", "show", "nope"), 1, "deployment_not_found");
        Refused(await Plane.RunAsync("deployments", "delete", "churn"), 2, "usage");
        Assert.Equal("churn", (await Plane.JsonAsync("deployments", "delete", "churn", "--yes")).GetProperty("deleted").GetString());
        Refused(await Plane.RunAsync("deployments", "status", "churn"), 1, "deployment_not_found");
    }

    [Fact]
    public async Task Waiting_ends_when_the_deployment_is_ready_or_has_failed_or_time_is_up()
    {
        await using var ready = await StubServer.SayingAsync(200, """{"name":"d","phase":"Ready","conditions":[],"replicas":[{"variant":"main","version":1,"replica":"r0","state":"Ready","progress":1}]}""");
        var run = await Plane.RunAsync("deployments", "status", "d", "--wait", "--url", ready.Url);
        Assert.Equal((0, "'d' is ready.\n"), (run.Status, run.Output));
        Assert.Contains("Ready; main 1 on r0: Ready 100 %", run.Errors, StringComparison.Ordinal);
        await using var failed = await StubServer.SayingAsync(200, """{"name":"d","phase":"Failed","conditions":[{"type":"LoadFailed","status":true,"message":"no such operator"}],"replicas":[]}""");
        run = await Plane.RunAsync("deployments", "status", "d", "--wait", "--url", failed.Url);
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("no such operator", run.Errors, StringComparison.Ordinal);
        await using var pending = await StubServer.SayingAsync(200, """{"name":"d","phase":"Pending","conditions":[],"replicas":[]}""");
        run = await Plane.RunAsync("deployments", "status", "d", "--wait", "--wait-seconds", "1", "--url", pending.Url);
        Assert.Equal(1, run.Status);
        Assert.Contains("(not_ready)", run.Errors, StringComparison.Ordinal);
    }
}
