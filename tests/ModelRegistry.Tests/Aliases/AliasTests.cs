using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Aliases;

public sealed class AliasOnSqlite(AllInOneOnSqlite plane) : AliasTests(plane);

public sealed class AliasOnPostgres(AllInOneOnPostgres plane) : AliasTests(plane);

public abstract class AliasTests(PlaneFixture plane) : IDisposable
{
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task An_alias_finds_its_version_moves_and_goes()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", tags: ("k", "v"));
        await registry.CreateVersionAsync("m");
        await registry.AliasAsync("m", "test_alias", 1);
        await registry.AliasAsync("m", "another-1", 1);
        var version = await registry.VersionAsync("m", 1);
        Assert.Equal(["another-1", "test_alias"], version.GetProperty("aliases").EnumerateArray().Select(alias => alias.GetString()!));
        var found = (await registry.GetAsync("/registered-models/alias?name=m&alias=test_alias")).GetProperty("model_version");
        Assert.Equal(version.GetRawText(), found.GetRawText());
        await registry.AliasAsync("m", "test_alias", 2);
        var aliases = (await registry.ModelAsync("m")).GetProperty("aliases").EnumerateArray();
        Assert.Equal(["another-1=1", "test_alias=2"], aliases.Select(alias => $"{alias.GetProperty("alias")}={alias.GetProperty("version")}"));
        await registry.DeleteAsync("/registered-models/alias", new { name = "m", alias = "test_alias" });
        await registry.DeleteAsync("/registered-models/alias", new { name = "m", alias = "test_alias" });
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/alias?name=m&alias=test_alias", null, "Registered model alias test_alias not found.");
    }

    [Theory]
    [InlineData("latest", "'latest' alias name (case insensitive) is reserved.")]
    [InlineData("LATEST", "'latest' alias name (case insensitive) is reserved.")]
    [InlineData("v12", "Version alias name 'v12' is reserved.")]
    [InlineData("V1", "Version alias name 'V1' is reserved.")]
    [InlineData("a b", "Invalid alias name: 'a b'. Names may only contain alphanumerics, underscores (_), and dashes (-).")]
    [InlineData("a/b", "Invalid alias name: 'a/b'.")]
    [InlineData("", "Missing value for required parameter 'alias'.")]
    public async Task A_reserved_or_bad_alias_is_refused(string alias, string message)
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m");
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/alias", new { name = "m", alias, version = "1" }, message);
    }

    [Fact]
    public async Task An_alias_has_at_most_255_characters_and_points_to_a_version_that_exists()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m");
        await registry.AliasAsync("m", new string('a', 255), 1);
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/alias", new { name = "m", alias = new string('a', 256), version = "1" },
            "'Registered model alias name' exceeds the maximum length of 255 characters");
        await registry.MissingAsync(HttpMethod.Post, "/registered-models/alias", new { name = "m", alias = "b", version = "2" }, "Model Version (name=m, version=2) not found");
        await registry.MissingAsync(HttpMethod.Post, "/registered-models/alias", new { name = "x", alias = "b", version = "1" }, "Model Version (name=x, version=1) not found");
    }

    [Fact]
    public async Task Latest_is_the_newest_version_of_any_stage()
    {
        await registry.CreateModelAsync("m");
        await registry.MissingAsync(HttpMethod.Get, "/registered-models/alias?name=m&alias=latest", null, "Latest version not found for model m.");
        await registry.CreateVersionAsync("m");
        await registry.CreateVersionAsync("m");
        await registry.StageAsync("m", 2, "Archived");
        await registry.AliasAsync("m", "old", 2);
        var latest = (await registry.GetAsync("/registered-models/alias?name=m&alias=Latest")).GetProperty("model_version");
        Assert.Equal("2", latest.GetProperty("version").GetString());
        Assert.Equal("old", latest.GetProperty("aliases")[0].GetString());
    }

    [Theory]
    [InlineData("champion")]
    [InlineData("latest")]
    public async Task An_alias_of_a_model_that_is_gone_is_a_missing_model(string alias)
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m");
        await registry.AliasAsync("m", "champion", 1);
        await registry.DeleteAsync("/registered-models/delete", new { name = "m" });
        await registry.MissingAsync(HttpMethod.Get, $"/registered-models/alias?name=m&alias={alias}", null, "Registered Model with name=m not found");
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }
}
