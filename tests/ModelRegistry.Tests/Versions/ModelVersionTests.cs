using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Versions;

public sealed class ModelVersionOnSqlite(AllInOneOnSqlite plane) : ModelVersionTests(plane);

public sealed class ModelVersionOnPostgres(AllInOneOnPostgres plane) : ModelVersionTests(plane);

public abstract class ModelVersionTests(PlaneFixture plane) : IDisposable
{
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task A_version_is_ready_without_a_stage_and_keeps_what_it_was_given()
    {
        await registry.CreateModelAsync("m");
        var created = (await registry.PostAsync("/model-versions/create", new
        {
            name = "m",
            source = "runs:/run_id/model",
            run_id = "run_id_1",
            run_link = "http://host/run",
            description = "first",
            tags = new[] { new { key = "another key", value = "x" } },
        })).GetProperty("model_version");
        var read = await registry.VersionAsync("m", 1);
        Assert.Equal(read.GetRawText(), created.GetRawText());
        Assert.Equal("1", read.GetProperty("version").GetString());
        Assert.Equal("None", read.GetProperty("current_stage").GetString());
        Assert.Equal("READY", read.GetProperty("status").GetString());
        Assert.Equal("run_id_1", read.GetProperty("run_id").GetString());
        Assert.Equal("http://host/run", read.GetProperty("run_link").GetString());
        Assert.Equal("first", read.GetProperty("description").GetString());
        Assert.Equal("x", read.GetProperty("tags")[0].GetProperty("value").GetString());
        Assert.Equal("runs:/run_id/model", (await registry.GetAsync("/model-versions/get-download-uri?name=m&version=1")).GetProperty("artifact_uri").GetString());
    }

    [Fact]
    public async Task A_version_may_lack_everything_but_its_source()
    {
        await registry.CreateModelAsync("m");
        var version = (await registry.PostAsync("/model-versions/create", new { name = "m", source = "s3://bucket/key" })).GetProperty("model_version");
        Assert.Equal("", version.GetProperty("run_id").GetString());
        Assert.False(version.TryGetProperty("tags", out _));
        Assert.False(version.TryGetProperty("model_id", out _));
    }

    [Fact]
    public async Task Numbers_count_up_and_are_not_used_again_after_a_deletion()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m");
        await registry.CreateVersionAsync("m");
        await registry.DeleteAsync("/model-versions/delete", new { name = "m", version = "2" });
        Assert.Equal("3", (await registry.CreateVersionAsync("m")).GetProperty("version").GetString());
        await registry.MissingAsync(HttpMethod.Get, "/model-versions/get?name=m&version=2", null, "Model Version (name=m, version=2) not found");
    }

    [Fact]
    public async Task Sixty_four_creators_at_once_get_the_numbers_one_to_sixty_four()
    {
        await registry.CreateModelAsync("m");
        var numbers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
            int.Parse((await registry.CreateVersionAsync("m")).GetProperty("version").GetString()!)));
        Assert.Equal(Enumerable.Range(1, 64), numbers.Order());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("0x1")]
    public async Task A_version_that_is_no_integer_is_refused(string version)
    {
        await registry.CreateModelAsync("m");
        var message = $"Parameter 'version' must be an integer, got '{version}'.";
        await registry.InvalidAsync(HttpMethod.Get, $"/model-versions/get?name=m&version={version}", null, message);
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/set-tag", new { name = "m", version, key = "k", value = "v" }, message);
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/alias", new { name = "m", version, alias = "a" }, message);
        await registry.InvalidAsync(HttpMethod.Get, $"/model-versions/get-download-uri?name=m&version={version}", null, message);
    }

    [Fact]
    public async Task A_version_beyond_every_number_does_not_exist()
    {
        await registry.CreateModelAsync("m");
        await registry.MissingAsync(HttpMethod.Get, "/model-versions/get?name=m&version=99999999999999999999", null,
            "Model Version (name=m, version=99999999999999999999) not found");
    }

    [Fact]
    public async Task Whatever_names_a_deleted_version_is_answered_404()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m");
        await registry.AliasAsync("m", "champion", 1);
        await registry.DeleteAsync("/model-versions/delete", new { name = "m", version = "1" });
        const string Message = "Model Version (name=m, version=1) not found";
        var version = new { name = "m", version = "1" };
        await registry.MissingAsync(HttpMethod.Delete, "/model-versions/delete", version, Message);
        await registry.MissingAsync(HttpMethod.Patch, "/model-versions/update", version, Message);
        await registry.MissingAsync(HttpMethod.Post, "/model-versions/transition-stage", new { name = "m", version = "1", stage = "Staging" }, Message);
        await registry.MissingAsync(HttpMethod.Get, "/model-versions/get-download-uri?name=m&version=1", null, Message);
        await registry.MissingAsync(HttpMethod.Post, "/model-versions/set-tag", new { name = "m", version = "1", key = "k", value = "v" }, Message);
        await registry.MissingAsync(HttpMethod.Delete, "/model-versions/delete-tag", new { name = "m", version = "1", key = "k" }, Message);
        await registry.MissingAsync(HttpMethod.Post, "/registered-models/alias", new { name = "m", version = "1", alias = "b" }, Message);
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/alias?name=m&alias=champion", null, "Registered model alias champion not found.");
        Assert.False((await registry.ModelAsync("m")).TryGetProperty("aliases", out _));
        Assert.False((await registry.GetAsync("/model-versions/search")).TryGetProperty("model_versions", out _));
    }

    [Fact]
    public async Task An_update_changes_the_description_and_the_version_s_time_but_not_the_model_s()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m");
        var model = await registry.ModelAsync("m");
        await Task.Delay(3);
        var updated = (await registry.PatchAsync("/model-versions/update", new { name = "m", version = "1", description = "" })).GetProperty("model_version");
        Assert.Equal("", updated.GetProperty("description").GetString());
        Assert.True(updated.GetProperty("last_updated_timestamp").GetInt64() > updated.GetProperty("creation_timestamp").GetInt64());
        Assert.Equal(Updated(model), Updated(await registry.ModelAsync("m")));
        var cleared = (await registry.PatchAsync("/model-versions/update", new { name = "m", version = "1" })).GetProperty("model_version");
        Assert.False(cleared.TryGetProperty("description", out _));
    }

    [Fact]
    public async Task Creating_moving_and_deleting_a_version_moves_the_model_s_time()
    {
        await registry.CreateModelAsync("m");
        var times = new List<long> { Updated(await registry.ModelAsync("m")) };
        foreach (var change in new Func<Task>[]
        {
            () => registry.CreateVersionAsync("m"),
            () => registry.StageAsync("m", 1, "Staging"),
            () => registry.DeleteAsync("/model-versions/delete", new { name = "m", version = "1" }),
        })
        {
            await Task.Delay(3);
            await change();
            times.Add(Updated(await registry.ModelAsync("m")));
        }

        Assert.Equal(times.Distinct().Order(), times);
    }

    [Fact]
    public async Task Stages_are_named_in_any_case_and_a_bad_one_is_named_with_the_good_ones()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m");
        foreach (var stage in new[] { "STAGING", "staging", "StAgInG" })
        {
            await registry.StageAsync("m", 1, stage);
            Assert.Equal("Staging", (await registry.VersionAsync("m", 1)).GetProperty("current_stage").GetString());
        }

        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/transition-stage", new { name = "m", version = "1", stage = "unknown" },
            "Invalid Model Version stage: unknown. Value must be one of None, Staging, Production, Archived.");
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/get-latest-versions", new { name = "m", stages = new[] { "Deleted_Internal" } },
            "Invalid Model Version stage: Deleted_Internal.");
    }

    [Fact]
    public async Task Archiving_moves_the_other_holders_of_the_stage_at_the_same_instant()
    {
        await registry.CreateModelAsync("m");
        for (var i = 0; i < 3; i++)
            await registry.CreateVersionAsync("m");
        await registry.StageAsync("m", 1, "Staging");
        await registry.StageAsync("m", 2, "Production");
        await registry.StageAsync("m", 3, "staging", archive: true);
        var (first, second, third) = (await registry.VersionAsync("m", 1), await registry.VersionAsync("m", 2), await registry.VersionAsync("m", 3));
        Assert.Equal(["Archived", "Production", "Staging"], new[] { first, second, third }.Select(version => version.GetProperty("current_stage").GetString()));
        Assert.Equal(Updated(third), Updated(first));
        foreach (var stage in new[] { "Archived", "None" })
            await registry.InvalidAsync(HttpMethod.Post, "/model-versions/transition-stage",
                new { name = "m", version = "1", stage, archive_existing_versions = true },
                $"Model version transition cannot archive existing model versions because '{stage}' is not an Active stage. Valid stages are ['Staging', 'Production']");
    }

    [Fact]
    public async Task The_newest_version_of_each_stage_is_the_latest()
    {
        await registry.CreateModelAsync("m");
        string[] stages = ["Archived", "Production", "Archived", "Production", "Staging", "Staging", "None"];
        for (var i = 0; i < stages.Length; i++)
        {
            await registry.CreateVersionAsync("m");
            await registry.StageAsync("m", i + 1, stages[i]);
        }

        await registry.AliasAsync("m", "champion", 4);
        Assert.Equal(["Archived:3", "Production:4", "Staging:6", "None:7"], Stages((await registry.ModelAsync("m")).GetProperty("latest_versions")));
        Assert.Equal(["Archived:3", "Production:4", "Staging:6", "None:7"], await LatestAsync(new { name = "m" }));
        Assert.Equal(["Staging:6", "None:7"], await LatestAsync(new { name = "m", stages = new[] { "none", "STAGING" } }));
        var champion = (await registry.GetAsync("/registered-models/get-latest-versions?name=m&stages=Production")).GetProperty("model_versions")[0];
        Assert.Equal("champion", champion.GetProperty("aliases")[0].GetString());
        await registry.DeleteAsync("/model-versions/delete", new { name = "m", version = "4" });
        Assert.Equal(["Production:2"], await LatestAsync(new { name = "m", stages = new[] { "Production" } }));
    }

    [Fact]
    public async Task A_version_s_tags_are_its_own()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", tags: ("key", "value"));
        await registry.CreateVersionAsync("m", tags: ("key", "value"));
        await registry.PostAsync("/model-versions/set-tag", new { name = "m", version = "1", key = "key", value = "other" });
        await registry.PostAsync("/model-versions/set-tag", new { name = "m", version = "1", key = "new", value = "" });
        Assert.Equal(["key=other", "new="], Tags(await registry.VersionAsync("m", 1)));
        Assert.Equal(["key=value"], Tags(await registry.VersionAsync("m", 2)));
        await registry.DeleteAsync("/model-versions/delete-tag", new { name = "m", version = "1", key = "key" });
        await registry.DeleteAsync("/model-versions/delete-tag", new { name = "m", version = "1", key = "key" });
        Assert.Equal(["new="], Tags(await registry.VersionAsync("m", 1)));
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/set-tag",
            new { name = "m", version = "1", key = "mlflow.prompt.text", value = new string('x', 100_001) }, "Prompt text exceeds max length of 100000 characters.");
    }

    [Fact]
    public async Task A_copy_of_a_version_points_at_the_files_of_the_original()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", "s3://bucket/model", "run_1");
        await registry.CreateModelAsync("copy");
        await registry.CreateVersionAsync("copy", "models:/m/1", "run_1");
        var second = await registry.CreateVersionAsync("copy", "models:/copy/1", "run_1");
        Assert.Equal("models:/copy/1", second.GetProperty("source").GetString());
        Assert.Equal("s3://bucket/model", (await registry.GetAsync("/model-versions/get-download-uri?name=copy&version=2")).GetProperty("artifact_uri").GetString());
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "copy", source = "models:/m/7" },
            "Unable to fetch model from model URI source artifact location 'models:/m/7'.Error: Model Version (name=m, version=7) not found");
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "copy", source = "models:/m/Production" },
            "Unable to fetch model from model URI source artifact location 'models:/m/Production'.");
    }

    [Fact]
    public async Task A_prompt_is_a_model_whose_versions_have_no_files()
    {
        await registry.CreateModelAsync("greeting", ("mlflow.prompt.is_prompt", "true"));
        await registry.CreateVersionAsync("greeting", "prompt-template", "", ("mlflow.prompt.is_prompt", "true"), ("mlflow.prompt.text", "Hello {{name}}"));
        await registry.CreateVersionAsync("greeting", "prompt-template", "", ("mlflow.prompt.is_prompt", "true"), ("mlflow.prompt.text", "Hi {{name}}"));
        await registry.AliasAsync("greeting", "production", 1);
        var newest = (await registry.GetAsync("/registered-models/alias?name=greeting&alias=latest")).GetProperty("model_version");
        Assert.Equal("2", newest.GetProperty("version").GetString());
        Assert.Contains("mlflow.prompt.text=Hi {{name}}", Tags(newest));
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    private static long Updated(JsonElement entity) => entity.GetProperty("last_updated_timestamp").GetInt64();

    private static IEnumerable<string> Tags(JsonElement version) =>
        version.GetProperty("tags").EnumerateArray().Select(tag => $"{tag.GetProperty("key")}={tag.GetProperty("value")}");

    private static IEnumerable<string> Stages(JsonElement versions) =>
        versions.EnumerateArray().Select(version => $"{version.GetProperty("current_stage")}:{version.GetProperty("version")}");

    private async Task<IEnumerable<string>> LatestAsync(object request) =>
        Stages((await registry.PostAsync("/registered-models/get-latest-versions", request)).GetProperty("model_versions"));
}
