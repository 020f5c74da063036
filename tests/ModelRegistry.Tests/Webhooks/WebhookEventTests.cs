using System.Globalization;
using System.Text.Json;
using MlopsPlane.Testing.Servers;
using static MlopsPlane.ModelRegistry.Tests.Webhooks.WebhookCalls;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

public sealed class WebhookEventsOnSqlite(WebhookPlaneOnSqlite plane) : WebhookEventTests(plane);

public sealed class WebhookEventsOnPostgres(WebhookPlaneOnPostgres plane) : WebhookEventTests(plane);

public abstract class WebhookEventTests(WebhookPlane plane) : IAsyncLifetime
{
    private static readonly string[] All =
    [
        "REGISTERED_MODEL.CREATED", "REGISTERED_MODEL.RENAMED", "REGISTERED_MODEL.DELETED", "MODEL_VERSION.CREATED", "MODEL_VERSION.DELETED",
        "MODEL_VERSION.STAGE_CHANGED", "MODEL_VERSION_TAG.SET", "MODEL_VERSION_TAG.DELETED", "MODEL_VERSION_ALIAS.CREATED", "MODEL_VERSION_ALIAS.DELETED",
        "PROMPT.CREATED", "PROMPT.RENAMED", "PROMPT.DELETED", "PROMPT_VERSION.CREATED", "PROMPT_VERSION.DELETED", "PROMPT_VERSION.STAGE_CHANGED",
        "PROMPT_TAG.SET", "PROMPT_TAG.DELETED", "PROMPT_VERSION_TAG.SET", "PROMPT_VERSION_TAG.DELETED", "PROMPT_ALIAS.CREATED", "PROMPT_ALIAS.DELETED",
    ];

    private readonly RegistryClient registry = RegistryClient.In(plane);
    private WebhookReceiver receiver = null!;

    public async ValueTask InitializeAsync() => receiver = await WebhookReceiver.StartAsync();

    [Fact]
    public async Task Every_change_of_a_model_is_told_in_MLflows_form_and_in_order()
    {
        await registry.WebhookAsync(receiver.Url, null, All);
        await registry.PostAsync("/registered-models/create", new { name = "m", description = "a model", tags = new[] { new { key = "k", value = "v" } } });
        await registry.PostAsync("/model-versions/create", new { name = "m", source = "s3://b/m", description = "a version", tags = new[] { new { key = "t", value = "é" } } });
        await registry.PostAsync("/model-versions/create", new { name = "m", source = "s3://b/n" });
        await registry.PostAsync("/model-versions/set-tag", new { name = "m", version = "1", key = "t", value = "w" });
        await registry.DeleteAsync("/model-versions/delete-tag", new { name = "m", version = "1", key = "t" });
        await registry.DeleteAsync("/model-versions/delete-tag", new { name = "m", version = "1", key = "t" });
        await registry.PostAsync("/registered-models/set-tag", new { name = "m", key = "k", value = "w" });
        await registry.AliasAsync("m", "champion", 1);
        await registry.AliasAsync("m", "champion", 1);
        await registry.PutAsync("/api/v1/registry/models/m/aliases/champion", new { version = 2 });
        await registry.DeleteAsync("/registered-models/alias", new { name = "m", alias = "champion" });
        await registry.StageAsync("m", 1, "Production");
        await registry.StageAsync("m", 2, "Production", archive: true);
        await registry.PostAsync("/registered-models/rename", new { name = "m", new_name = "n" });
        await registry.AliasAsync("n", "last", 2);
        await registry.DeleteAsync("/model-versions/delete", new { name = "n", version = "2" });
        await registry.DeleteAsync("/registered-models/delete", new { name = "n" });

        var told = (await receiver.WaitAsync(17)).Select(one => $"{one.Event} {one.Data.GetRawText()}");
        Assert.Equal(
            [
                """registered_model.created {"name":"m","tags":{"k":"v"},"description":"a model"}""",
                """model_version.created {"name":"m","version":"1","source":"s3://b/m","run_id":null,"tags":{"t":"é"},"description":"a version"}""",
                """model_version.created {"name":"m","version":"2","source":"s3://b/n","run_id":null,"tags":{},"description":null}""",
                """model_version_tag.set {"name":"m","version":"1","key":"t","value":"w"}""",
                """model_version_tag.deleted {"name":"m","version":"1","key":"t"}""",
                """model_version_alias.created {"name":"m","alias":"champion","version":"1"}""",
                """model_version_alias.created {"name":"m","alias":"champion","version":"2"}""",
                """model_version_alias.deleted {"name":"m","alias":"champion"}""",
                """model_version.stage_changed {"name":"m","version":"1","from_stage":"None","to_stage":"Production"}""",
                """model_version.stage_changed {"name":"m","version":"1","from_stage":"Production","to_stage":"Archived"}""",
                """model_version.stage_changed {"name":"m","version":"2","from_stage":"None","to_stage":"Production"}""",
                """registered_model.renamed {"name":"m","new_name":"n"}""",
                """model_version_alias.created {"name":"n","alias":"last","version":"2"}""",
                """model_version_alias.deleted {"name":"n","alias":"last"}""",
                """model_version.deleted {"name":"n","version":"2"}""",
                """model_version.deleted {"name":"n","version":"1"}""",
                """registered_model.deleted {"name":"n"}""",
            ],
            told);
        var first = receiver.All[0];
        Assert.Equal(["entity", "action", "timestamp", "data", "workspace"], first.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(registry.Workspace, first.Json.Text("workspace"));
        Assert.Equal("application/json", first.Headers["Content-Type"]);
        Assert.True(DateTimeOffset.TryParseExact(
            first.Json.Text("timestamp"), "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at));
        Assert.InRange(TimeProvider.System.GetUtcNow() - at, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Changes_of_a_prompt_are_events_of_prompts()
    {
        await registry.WebhookAsync(receiver.Url, null, All);
        await registry.CreateModelAsync("p", ("mlflow.prompt.is_prompt", "true"), ("k", "v"));
        await registry.CreateVersionAsync("p", "dummy-source", "", ("mlflow.prompt.is_prompt", "true"), ("mlflow.prompt.text", "Hello {{name}}"), ("a", "b"));
        await registry.PostAsync("/registered-models/set-tag", new { name = "p", key = "k", value = "w" });
        await registry.DeleteAsync("/registered-models/delete-tag", new { name = "p", key = "k" });
        await registry.PostAsync("/model-versions/set-tag", new { name = "p", version = "1", key = "a", value = "c" });
        await registry.DeleteAsync("/model-versions/delete-tag", new { name = "p", version = "1", key = "a" });
        await registry.AliasAsync("p", "prod", 1);
        await registry.DeleteAsync("/registered-models/alias", new { name = "p", alias = "prod" });
        await registry.PostAsync("/registered-models/rename", new { name = "p", new_name = "q" });
        await registry.DeleteAsync("/registered-models/delete", new { name = "q" });
        Assert.Equal(
            [
                """prompt.created {"name":"p","tags":{"k":"v"},"description":null}""",
                """prompt_version.created {"name":"p","version":"1","template":"Hello {{name}}","tags":{"a":"b"},"description":null}""",
                """prompt_tag.set {"name":"p","key":"k","value":"w"}""",
                """prompt_tag.deleted {"name":"p","key":"k"}""",
                """prompt_version_tag.set {"name":"p","version":"1","key":"a","value":"c"}""",
                """prompt_version_tag.deleted {"name":"p","version":"1","key":"a"}""",
                """prompt_alias.created {"name":"p","alias":"prod","version":"1"}""",
                """prompt_alias.deleted {"name":"p","alias":"prod"}""",
                """prompt.renamed {"name":"p","new_name":"q"}""",
                """prompt_version.deleted {"name":"q","version":"1"}""",
                """prompt.deleted {"name":"q"}""",
            ],
            (await receiver.WaitAsync(11)).Select(one => $"{one.Event} {one.Data.GetRawText()}"));
    }

    [Fact]
    public async Task A_webhook_is_told_what_it_asked_for_in_its_workspace_and_nothing_that_was_refused()
    {
        var id = await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        using (var other = RegistryClient.In(plane))
            await other.CreateModelAsync("elsewhere");
        await registry.CreateModelAsync("m");
        await registry.RefusedAsync(HttpMethod.Post, "/registered-models/create", new { name = "m" }, System.Net.HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS", "Registered Model");
        await registry.CreateModelAsync("p", ("mlflow.prompt.is_prompt", "true"));
        await registry.CreateVersionAsync("m");
        await registry.PatchAsync($"/webhooks/{id}", new { status = "DISABLED" });
        await registry.CreateModelAsync("while-disabled");
        await registry.PatchAsync($"/webhooks/{id}", new { status = "ACTIVE" });
        await registry.CreateModelAsync("n");
        Assert.Equal(["m", "n"], (await receiver.WaitAsync(2)).Select(one => one.Data.Text("name")));
        Assert.Equal(2, (await registry.SettledAsync(id, 2)).Count);
    }

    [Fact]
    public async Task A_test_sends_an_example_of_each_event_and_tells_what_the_receiver_said()
    {
        var id = await registry.WebhookAsync(receiver.Url, "k", "PROMPT_ALIAS.DELETED");
        var result = (await registry.PostAsync($"/webhooks/{id}/test", new { })).GetProperty("result");
        Assert.Equal("""{"success":true,"response_status":200,"response_body":"ok"}""", result.GetRawText());
        Assert.Equal("prompt_alias.deleted", receiver.All[0].Event);
        Assert.StartsWith("v1,", receiver.All[0].Headers["X-MLflow-Signature"], StringComparison.Ordinal);
        foreach (var one in Events(All))
            await registry.PostAsync($"/webhooks/{id}/test", new { @event = one });
        Assert.Equal(All.Select(name => name.ToLowerInvariant()), receiver.All.Skip(1).Select(one => one.Event));
        Assert.All(receiver.All, one => Assert.StartsWith("example_", one.Data.Text("name"), StringComparison.Ordinal));
        Assert.Equal(
            """{"name":"example_prompt","version":"1","template":"Hello {{name}}!","tags":{"example_key":"example_value"},"description":"An example prompt version"}""",
            receiver.All.Single(one => one.Event == "prompt_version.created").Data.GetRawText());
        await registry.InvalidAsync(HttpMethod.Post, $"/webhooks/{id}/test", new { @event = new { entity = "PROMPT", action = "SET" } }, "Invalid action 'set' for entity 'prompt'.");

        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 418;
            return http.Response.Body.WriteAsync(new byte[100_000].Select(_ => (byte)'x').ToArray()).AsTask();
        };
        result = (await registry.PostAsync($"/webhooks/{id}/test", new { })).GetProperty("result");
        Assert.Equal((false, 418, 8192), (result.GetProperty("success").GetBoolean(), result.GetProperty("response_status").GetInt32(), result.Text("response_body").Length));
        await registry.PatchAsync($"/webhooks/{id}", new { url = "http://127.0.0.1:1/" });
        result = (await registry.PostAsync($"/webhooks/{id}/test", new { })).GetProperty("result");
        Assert.False(result.GetProperty("success").GetBoolean());
        Assert.StartsWith("Failed to test webhook: Connection refused", result.Text("error_message"), StringComparison.Ordinal);
        Assert.Empty((await registry.LogAsync(id)).GetProperty("deliveries").EnumerateArray());
    }

    public async ValueTask DisposeAsync()
    {
        registry.Dispose();
        await receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
