using System.Net;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Models;

public sealed class RegisteredModelOnSqlite(AllInOneOnSqlite plane) : RegisteredModelTests(plane);

public sealed class RegisteredModelOnPostgres(AllInOneOnPostgres plane) : RegisteredModelTests(plane);

public abstract class RegisteredModelTests(PlaneFixture plane) : IDisposable
{
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task A_created_model_is_answered_with_its_tags_and_times_and_read_back_the_same()
    {
        var created = (await registry.PostAsync("/registered-models/create", new
        {
            name = "churn abCD",
            description = "the best",
            tags = new[] { new { key = "key", value = "old" }, new { key = "a/b.c-d e:f", value = "" }, new { key = "key", value = "new" } },
        })).GetProperty("registered_model");
        var read = await registry.ModelAsync("churn abCD");
        Assert.Equal("the best", read.GetProperty("description").GetString());
        Assert.Equal(created.GetProperty("creation_timestamp").GetInt64(), read.GetProperty("last_updated_timestamp").GetInt64());
        Assert.Equal(JsonValueKind.Number, read.GetProperty("creation_timestamp").ValueKind);
        Assert.Equal(["a/b.c-d e:f=", "key=new"], read.GetProperty("tags").EnumerateArray().Select(tag => $"{tag.GetProperty("key")}={tag.GetProperty("value")}"));
        Assert.False(read.TryGetProperty("latest_versions", out _));
        Assert.False(read.TryGetProperty("aliases", out _));
    }

    [Fact]
    public async Task A_name_is_taken_once_and_the_message_tells_models_from_prompts()
    {
        await registry.CreateModelAsync("taken");
        await registry.CreateModelAsync("greeting", ("mlflow.prompt.is_prompt", "true"));
        object Prompt(string name) => new { name, tags = new[] { new { key = "mlflow.prompt.is_prompt", value = "true" } } };
        Task Taken(object body, string message) =>
            registry.RefusedAsync(HttpMethod.Post, "/registered-models/create", body, HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS", message);
        await Taken(new { name = "taken" }, "Registered Model (name=taken) already exists.");
        await Taken(Prompt("greeting"), "Prompt (name=greeting) already exists.");
        await Taken(Prompt("taken"), "Tried to create a prompt with name 'taken', but the name is already taken by a registered model.");
        await Taken(new { name = "greeting" }, "Tried to create a registered model with name 'greeting', but the name is already taken by a prompt.");
    }

    [Theory]
    [InlineData("", "Missing value for required parameter 'name'.")]
    [InlineData("  ", "Missing value for required parameter 'name'.")]
    [InlineData("a/b", "Invalid model name 'a/b'. Names cannot contain '/' or ':'.")]
    [InlineData("a:b", "Invalid model name 'a:b'. Names cannot contain '/' or ':'.")]
    [InlineData(".", "Invalid value \".\" for parameter 'name' supplied:")]
    [InlineData("..", "Invalid value \"..\" for parameter 'name' supplied:")]
    public async Task A_name_that_reads_as_a_path_or_is_blank_is_refused(string name, string message)
    {
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/create", new { name }, message);
        await registry.CreateModelAsync("model");
        var ofRename = name.Trim().Length == 0 ? message.Replace("'name'", "'new_name'", StringComparison.Ordinal) : message;
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/rename", new { name = "model", new_name = name }, ofRename);
    }

    [Fact]
    public async Task A_name_has_at_most_256_characters()
    {
        await registry.CreateModelAsync(new string('n', 256));
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/create", new { name = new string('n', 257) }, "'name' exceeds the maximum length of 256 characters");
    }

    [Fact]
    public async Task Whatever_names_an_unknown_model_is_answered_404()
    {
        const string Message = "Registered Model with name=nobody not found";
        await registry.MissingAsync(HttpMethod.Get, "/registered-models/get?name=nobody", null, Message);
        await registry.MissingAsync(HttpMethod.Patch, "/registered-models/update", new { name = "nobody", description = "x" }, Message);
        await registry.MissingAsync(HttpMethod.Post, "/registered-models/rename", new { name = "nobody", new_name = "other" }, Message);
        await registry.MissingAsync(HttpMethod.Delete, "/registered-models/delete", new { name = "nobody" }, Message);
        await registry.MissingAsync(HttpMethod.Post, "/registered-models/set-tag", new { name = "nobody", key = "k", value = "v" }, Message);
        await registry.MissingAsync(HttpMethod.Delete, "/registered-models/delete-tag", new { name = "nobody", key = "k" }, Message);
        await registry.MissingAsync(HttpMethod.Delete, "/registered-models/alias", new { name = "nobody", alias = "a" }, Message);
        await registry.MissingAsync(HttpMethod.Post, "/registered-models/get-latest-versions", new { name = "nobody" }, Message);
        await registry.MissingAsync(HttpMethod.Post, "/model-versions/create", new { name = "nobody", source = "s3://b/k" }, Message);
    }

    [Fact]
    public async Task An_update_without_a_description_clears_it_and_moves_the_time()
    {
        await registry.PostAsync("/registered-models/create", new { name = "m", description = "first" });
        var before = await registry.ModelAsync("m");
        await Task.Delay(3);
        var updated = (await registry.PatchAsync("/registered-models/update", new { name = "m" })).GetProperty("registered_model");
        Assert.False(updated.TryGetProperty("description", out _));
        Assert.True(updated.GetProperty("last_updated_timestamp").GetInt64() > before.GetProperty("last_updated_timestamp").GetInt64());
        Assert.Equal(before.GetProperty("creation_timestamp").GetInt64(), updated.GetProperty("creation_timestamp").GetInt64());
    }

    [Fact]
    public async Task A_rename_takes_versions_tags_and_aliases_along_and_frees_the_old_name()
    {
        await registry.CreateModelAsync("old name", ("k", "v"));
        await registry.CreateVersionAsync("old name");
        await registry.CreateVersionAsync("old name");
        await registry.AliasAsync("old name", "champion", 2);
        var renamed = (await registry.PostAsync("/registered-models/rename", new { name = "old name", new_name = "new name" })).GetProperty("registered_model");
        Assert.Equal("new name", renamed.GetProperty("latest_versions")[0].GetProperty("name").GetString());
        Assert.Equal("v", renamed.GetProperty("tags")[0].GetProperty("value").GetString());
        Assert.Equal("2", renamed.GetProperty("aliases")[0].GetProperty("version").GetString());
        Assert.Equal("new name", (await registry.VersionAsync("new name", 1)).GetProperty("name").GetString());
        await registry.MissingAsync(HttpMethod.Get, "/registered-models/get?name=old%20name", null, "Registered Model with name=old name not found");
        await registry.CreateModelAsync("old name");
        await registry.RefusedAsync(HttpMethod.Post, "/registered-models/rename", new { name = "new name", new_name = "old name" },
            HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS", "Registered Model (name=old name) already exists");
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/rename", new { name = "old name", new_name = "" }, "Missing value for required parameter 'new_name'.");
    }

    [Fact]
    public async Task A_deleted_model_leaves_nothing_and_its_successor_starts_at_version_one()
    {
        await registry.CreateModelAsync("gone", ("k", "v"));
        await registry.CreateVersionAsync("gone", tags: ("t", "v"));
        await registry.AliasAsync("gone", "a", 1);
        Assert.Equal(JsonValueKind.Object, (await registry.DeleteAsync("/registered-models/delete", new { name = "gone" })).ValueKind);
        await registry.MissingAsync(HttpMethod.Get, "/model-versions/get?name=gone&version=1", null, "Model Version (name=gone, version=1) not found");
        await registry.MissingAsync(HttpMethod.Delete, "/registered-models/delete", new { name = "gone" }, "Registered Model with name=gone not found");
        var again = await registry.CreateModelAsync("gone");
        Assert.False(again.TryGetProperty("tags", out _));
        Assert.Equal("1", (await registry.CreateVersionAsync("gone")).GetProperty("version").GetString());
        Assert.False((await registry.ModelAsync("gone")).TryGetProperty("aliases", out _));
    }

    [Fact]
    public async Task Tags_are_set_overwritten_and_deleted_and_deleting_again_is_no_error()
    {
        await registry.CreateModelAsync("m");
        await registry.PostAsync("/registered-models/set-tag", new { name = "m", key = "k", value = "1" });
        await registry.PostAsync("/registered-models/set-tag", new { name = "m", key = "k", value = "" });
        var tag = (await registry.ModelAsync("m")).GetProperty("tags")[0];
        Assert.Equal(("k", ""), (tag.GetProperty("key").GetString(), tag.GetProperty("value").GetString()));
        await registry.DeleteAsync("/registered-models/delete-tag", new { name = "m", key = "k" });
        await registry.DeleteAsync("/registered-models/delete-tag", new { name = "m", key = "k" });
        Assert.False((await registry.ModelAsync("m")).TryGetProperty("tags", out _));
    }

    [Fact]
    public async Task Tags_keep_MLflows_rules_of_key_and_length()
    {
        await registry.CreateModelAsync("m");
        object Tag(string key, string value = "v") => new { name = "m", key, value };
        await registry.PostAsync("/registered-models/set-tag", Tag(new string('k', 250), new string('v', 100_000)));
        const string Path = "/registered-models/set-tag";
        await registry.InvalidAsync(HttpMethod.Post, Path, Tag(new string('k', 251)), "'key' exceeds the maximum length of 250 characters");
        await registry.InvalidAsync(HttpMethod.Post, Path, Tag("k", new string('v', 100_001)), "'value' exceeds the maximum length of 100000 characters");
        await registry.InvalidAsync(HttpMethod.Post, Path, Tag(""), "Missing value for required parameter 'key'.");
        await registry.InvalidAsync(HttpMethod.Post, Path, Tag("a#b"), "Invalid value \"a#b\" for parameter 'key' supplied: Names may only contain alphanumerics");
        await registry.InvalidAsync(HttpMethod.Post, Path, Tag("../b"),
            "Invalid value \"../b\" for parameter 'key' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '../b'");
        await registry.InvalidAsync(HttpMethod.Post, Path, Tag("a//b"), "Invalid value \"a//b\"");
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/create", new { name = "x", tags = new[] { new { key = "/a", value = "v" } } }, "Invalid value \"/a\"");
        await registry.MissingAsync(HttpMethod.Get, "/registered-models/get?name=x", null, "Registered Model with name=x not found");
    }

    [Fact]
    public async Task Both_prefixes_answer_and_a_missing_parameter_is_named()
    {
        await registry.CreateModelAsync("m");
        Assert.Equal("m", (await registry.GetAsync("/ajax-api/2.0/mlflow/registered-models/get?name=m")).GetProperty("registered_model").GetProperty("name").GetString());
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/get", null,
            "Missing value for required parameter 'name'. See the API docs for more information about request parameters.");
        await registry.InvalidAsync(HttpMethod.Post, "/registered-models/create", new { name = 12 }, "Invalid value 12 for parameter 'name' supplied:  Hint: Value was of type 'int'.");
    }

    [Fact]
    public async Task Workspaces_see_nothing_of_each_other()
    {
        using var other = RegistryClient.In(plane);
        await registry.CreateModelAsync("shared");
        await registry.CreateVersionAsync("shared");
        await other.MissingAsync(HttpMethod.Get, "/registered-models/get?name=shared", null, "Registered Model with name=shared not found");
        await other.MissingAsync(HttpMethod.Delete, "/model-versions/delete", new { name = "shared", version = "1" }, "Model Version (name=shared, version=1) not found");
        await other.CreateModelAsync("shared");
        Assert.Single((await other.GetAsync("/registered-models/search")).GetProperty("registered_models").EnumerateArray());
        Assert.False((await other.GetAsync("/model-versions/search")).TryGetProperty("model_versions", out _));
        await other.DeleteAsync("/registered-models/delete", new { name = "shared" });
        Assert.Equal("1", (await registry.VersionAsync("shared", 1)).GetProperty("version").GetString());
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }
}
