using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.ExperimentTracker.Tests.Search;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.LoggedModels;

public sealed class LoggedModelsOnSqlite(AllInOneOnSqlite plane) : LoggedModelTests(plane);

public sealed class LoggedModelsOnPostgres(AllInOneOnPostgres plane) : LoggedModelTests(plane);

public abstract class LoggedModelTests(PlaneFixture plane)
{
    [Fact]
    public async Task A_new_model_is_pending_and_has_its_own_artifact_root()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var info = (await world.PostAsync("logged-models", new
        {
            experiment_id = world.ExperimentId, name = "my_model", model_type = "Agent", source_run_id = "abc",
            tags = new[] { new { key = "t2", value = "y" }, new { key = "t1", value = "x" } }, @params = new[] { new { key = "p", value = "v" } },
        })).GetProperty("model");

        var model = await GetAsync(world, info.GetProperty("info").GetProperty("model_id").GetString()!);
        Assert.Equal(info.GetRawText(), model.GetRawText());
        var read = model.GetProperty("info");
        var id = read.GetProperty("model_id").GetString()!;
        Assert.Matches("^m-[0-9a-f]{32}$", id);
        Assert.Equal(world.ExperimentId, read.GetProperty("experiment_id").GetString());
        Assert.Equal("my_model", read.GetProperty("name").GetString());
        Assert.Equal("LOGGED_MODEL_PENDING", read.GetProperty("status").GetString());
        Assert.EndsWith($"/{world.ExperimentId}/models/{id}/artifacts", read.GetProperty("artifact_uri").GetString());
        Assert.Equal(read.GetProperty("creation_timestamp_ms").GetInt64(), read.GetProperty("last_updated_timestamp_ms").GetInt64());
        Assert.Equal("""[{"key":"t1","value":"x"},{"key":"t2","value":"y"}]""", read.GetProperty("tags").GetRawText());
        Assert.Equal("""{"params":[{"key":"p","value":"v"}]}""", model.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task A_model_without_a_name_gets_one()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var answer = await world.PostAsync("logged-models", new { experiment_id = world.ExperimentId });
        Assert.NotEqual("", answer.GetProperty("model").GetProperty("info").GetProperty("name").GetString());
        Assert.Equal("{}", answer.GetProperty("model").GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("my/model")]
    [InlineData("my.model")]
    [InlineData("my:model")]
    [InlineData("my%model")]
    [InlineData("my'model")]
    [InlineData("my\"model")]
    public async Task Names_that_would_be_read_as_something_else_are_refused(string name)
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var message = await world.RefusedAsync("logged-models", new { experiment_id = world.ExperimentId, name });
        Assert.StartsWith("Invalid model name (", message);
        Assert.EndsWith("provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")", message);
    }

    [Fact]
    public async Task A_deleted_experiment_takes_no_models()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.PostAsync("experiments/delete", new { experiment_id = world.ExperimentId });
        Assert.Contains("must be in the 'active' state", await world.RefusedAsync("logged-models", new { experiment_id = world.ExperimentId }));
        Assert.StartsWith("Missing value for required parameter 'experiment_id'.", await world.RefusedAsync("logged-models", new { }));
    }

    [Fact]
    public async Task A_model_is_finalized_with_a_status()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var id = await CreateAsync(world);
        var ready = await SendAsync(world, HttpMethod.Patch, id, new { model_id = id, status = "LOGGED_MODEL_READY" });
        Assert.Equal("LOGGED_MODEL_READY", ready.Body.GetProperty("model").GetProperty("info").GetProperty("status").GetString());
        await SendAsync(world, HttpMethod.Patch, id, new { model_id = id, status = 3 });
        Assert.Equal("LOGGED_MODEL_UPLOAD_FAILED", (await GetAsync(world, id)).GetProperty("info").GetProperty("status").GetString());

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(world, HttpMethod.Patch, id, new { model_id = id, status = "NONSENSE" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(world, HttpMethod.Patch, id, new { model_id = id })).Status);
        AssertMissing(await SendAsync(world, HttpMethod.Patch, "nope", new { model_id = "nope", status = 2 }), "Logged model with ID 'nope' not found.");
    }

    [Fact]
    public async Task A_deleted_model_is_found_on_demand_only()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var id = await CreateAsync(world);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(world, HttpMethod.Delete, id, new { model_id = id })).Status);
        AssertMissing(await SendAsync(world, HttpMethod.Get, id), $"Logged model with ID '{id}' not found.");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(world, HttpMethod.Get, id + "?allow_deleted=true")).Status);
        Assert.Equal("{}", (await world.PostAsync("logged-models/search", new { experiment_ids = new[] { world.ExperimentId } })).GetRawText());
        AssertMissing(await SendAsync(world, HttpMethod.Delete, "nope"), "Logged model with ID 'nope' not found.");
    }

    [Fact]
    public async Task Tags_are_set_replaced_and_deleted()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var id = await CreateAsync(world);
        await SendAsync(world, HttpMethod.Patch, id + "/tags", new { model_id = id, tags = new[] { new { key = "a", value = "1" }, new { key = "b c", value = "2" } } });
        await SendAsync(world, HttpMethod.Patch, id + "/tags", new { model_id = id, tags = new[] { new { key = "a", value = "3" } } });
        Assert.Equal("""[{"key":"a","value":"3"},{"key":"b c","value":"2"}]""", (await GetAsync(world, id)).GetProperty("info").GetProperty("tags").GetRawText());

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(world, HttpMethod.Delete, id + "/tags/b%20c")).Status);
        AssertMissing(await SendAsync(world, HttpMethod.Delete, id + "/tags/b%20c"), $"No tag with key 'b c' found for model with ID '{id}'.");
        AssertMissing(await SendAsync(world, HttpMethod.Patch, "nope/tags", new { tags = new[] { new { key = "a", value = "1" } } }), "Logged model with ID 'nope' not found.");
    }

    [Fact]
    public async Task Params_are_added_and_never_changed()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var id = await CreateAsync(world);
        object Body(string value) => new { model_id = id, @params = new[] { new { key = "p", value } } };
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(world, HttpMethod.Post, id + "/params", Body("1"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(world, HttpMethod.Post, id + "/params", Body("1"))).Status);
        var changed = await SendAsync(world, HttpMethod.Post, id + "/params", Body("2"));
        Assert.Equal(HttpStatusCode.BadRequest, changed.Status);
        Assert.StartsWith("Changing param values is not allowed. Param with key='p' was already logged with value='1'", changed.Body.GetProperty("message").GetString());
        Assert.Equal("""[{"key":"p","value":"1"}]""", (await GetAsync(world, id)).GetProperty("data").GetProperty("params").GetRawText());
    }

    [Fact]
    public async Task Metrics_that_runs_log_for_a_model_are_shown_with_it()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        var id = await CreateAsync(world);
        var run = (await world.PostAsync("runs/create", new { experiment_id = world.ExperimentId })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
        await world.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new[] { new { key = "m", value = 1.5, timestamp = 7, step = 3, model_id = id, dataset_name = "d", dataset_digest = "g" } },
        });
        Assert.Equal(
            $$"""[{"key":"m","value":1.5,"timestamp":7,"step":3,"dataset_name":"d","dataset_digest":"g","model_id":"{{id}}","run_id":"{{run}}"}]""",
            (await GetAsync(world, id)).GetProperty("data").GetProperty("metrics").GetRawText());

        var facts = plane.Services.GetRequiredService<IRunFacts>();
        var workspace = world.Client.DefaultRequestHeaders.GetValues("X-MLFLOW-WORKSPACE").Single();
        var fact = await facts.FindLoggedModelAsync(workspace, id, CancellationToken.None);
        Assert.Equal((id, world.ExperimentId, null), (fact!.ModelId, fact.ExperimentId, fact.SourceRunId));
        Assert.Equal((1.5, "d"), (Assert.Single(fact.Metrics).Value, fact.Metrics[0].DatasetName));
        Assert.Null(await facts.FindLoggedModelAsync(workspace, "m-0", CancellationToken.None));
    }

    private static async Task<string> CreateAsync(SearchWorld world) =>
        (await world.PostAsync("logged-models", new { experiment_id = world.ExperimentId, name = "m" })).GetProperty("model").GetProperty("info").GetProperty("model_id").GetString()!;

    private static async Task<JsonElement> GetAsync(SearchWorld world, string id) =>
        (await SendAsync(world, HttpMethod.Get, id)).Body.GetProperty("model");

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(SearchWorld world, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/2.0/mlflow/logged-models/{path}") { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await world.Client.SendAsync(request);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static void AssertMissing((HttpStatusCode Status, JsonElement Body) answer, string message)
    {
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", answer.Body.GetProperty("error_code").GetString());
        Assert.Equal(message, answer.Body.GetProperty("message").GetString());
    }
}
