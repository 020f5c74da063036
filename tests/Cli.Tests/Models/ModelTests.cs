using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Models;

public sealed class ModelTests(AllInOneOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task Models_and_versions_are_listed_and_named_in_every_way_that_MLflow_knows()
    {
        await NewModelAsync("churn", versions: 3);
        await NewModelAsync("other", versions: 0);
        Assert.Equal(0, (await Plane.RunAsync("models", "alias", "set", "churn@champion", "2")).Status);
        Assert.Equal(["churn", "other"], (await Plane.JsonAsync("models", "list")).GetProperty("registered_models").EnumerateArray().Select(model => model.GetProperty("name").GetString()));
        Assert.Contains("champion=2", (await Plane.RunAsync("models", "list", "--filter", "name = 'churn'")).Output, StringComparison.Ordinal);
        Assert.Equal("churn", (await Plane.JsonAsync("models", "show", "models:/churn")).GetProperty("name").GetString());
        foreach (var reference in new[] { "churn@champion", "churn/2", "models:/churn/2", "models:/churn@champion" })
            Assert.Equal("2", (await Plane.JsonAsync("models", "show", reference)).GetProperty("version").GetString());
        var versions = await Plane.JsonAsync("models", "versions", "churn", "--limit", "2");
        Assert.Equal(["3", "2"], versions.GetProperty("model_versions").EnumerateArray().Select(version => version.GetProperty("version").GetString()));
        Assert.True(versions.GetProperty("more").GetBoolean());
        Refused(await Plane.RunAsync("models", "versions", "nope"), 1, "RESOURCE_DOES_NOT_EXIST");
        Refused(await Plane.RunAsync("models", "show", "churn/x"), 2, "usage");
    }

    [Fact]
    public async Task An_alias_moves_only_from_where_it_was_expected_and_the_history_tells_why()
    {
        await NewModelAsync("churn", versions: 3);
        Assert.Equal(0, (await Plane.RunAsync("models", "alias", "set", "churn@live", "1", "--expect", "0", "--reason", "first")).Status);
        Refused(await Plane.RunAsync("models", "alias", "set", "churn@live", "2", "--expect", "0"), 1, "alias_moved");
        var dry = await Plane.JsonAsync("models", "alias", "set", "churn@live", "churn/2", "--dry-run");
        Assert.Equal((1, 2), (dry.GetProperty("previousVersion").GetInt32(), dry.GetProperty("version").GetInt32()));
        var moved = await Plane.JsonAsync("models", "alias", "set", "churn@live", "models:/churn/2", "--expect", "1", "--reason", "better");
        Assert.Equal((2, 1), (moved.GetProperty("version").GetInt32(), moved.GetProperty("previousVersion").GetInt32()));
        Assert.Equal(2, (await Plane.JsonAsync("models", "alias", "set", "churn@next", "churn@live")).GetProperty("version").GetInt32());
        Refused(await Plane.RunAsync("models", "alias", "set", "churn@live", "7"), 1, "version_not_found");
        Refused(await Plane.RunAsync("models", "alias", "set", "churn@live", "other/2"), 2, "usage");
        Refused(await Plane.RunAsync("models", "alias", "set", "churn", "2"), 2, "usage");

        Refused(await Plane.RunAsync("models", "alias", "remove", "churn@live"), 2, "usage");
        Refused(await Plane.RunAsync("models", "alias", "remove", "churn@live", "--expect", "1", "--yes"), 1, "alias_moved");
        Assert.Equal(0, (await Plane.RunAsync("models", "alias", "remove", "churn@live", "--expect", "2", "--yes")).Status);
        Refused(await Plane.RunAsync("models", "alias", "remove", "churn@live", "--yes"), 1, "INVALID_PARAMETER_VALUE");
        var history = await Plane.JsonAsync("models", "history", "churn@live");
        Assert.Equal([null, "better", "first"], history.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("reason").GetString()));
        Assert.Contains("better", (await Plane.RunAsync("models", "history", "churn", "--kind", "alias")).Output, StringComparison.Ordinal);
        Refused(await Plane.RunAsync("models", "history", "nope"), 1, "model_not_found");
    }
}
