using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static MlopsPlane.ModelRegistry.Tests.Webhooks.WebhookCalls;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

public sealed class WebhookApiOnSqlite(WebhookPlaneOnSqlite plane) : WebhookApiTests(plane);

public sealed class WebhookApiOnPostgres(WebhookPlaneOnPostgres plane) : WebhookApiTests(plane);

public abstract class WebhookApiTests(WebhookPlane plane) : IDisposable
{
    private const string Url = "https://hooks.example.com/a?b=c";
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task A_webhook_is_made_read_changed_and_deleted()
    {
        var made = (await registry.PostAsync("/webhooks", new
        {
            name = "hook-1.a_b",
            url = Url,
            events = Events("REGISTERED_MODEL.CREATED", "MODEL_VERSION_ALIAS.DELETED", "REGISTERED_MODEL.CREATED"),
            description = "tells \"us\"",
            secret = "s3cret",
        })).GetProperty("webhook");
        var id = made.Text("webhook_id");
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal(("hook-1.a_b", Url, "tells \"us\"", "ACTIVE"), (made.Text("name"), made.Text("url"), made.Text("description"), made.Text("status")));
        Assert.Equal(
            """[{"entity":"REGISTERED_MODEL","action":"CREATED"},{"entity":"MODEL_VERSION_ALIAS","action":"DELETED"}]""",
            made.GetProperty("events").GetRawText());
        Assert.Equal(made.GetProperty("creation_timestamp").GetInt64(), made.GetProperty("last_updated_timestamp").GetInt64());
        Assert.False(made.TryGetProperty("secret", out _));
        Assert.Equal(made.GetRawText(), (await registry.GetAsync($"/webhooks/{id}")).GetProperty("webhook").GetRawText());
        Assert.Equal(made.GetRawText(), (await registry.GetAsync($"/ajax-api/2.0/mlflow/webhooks/{id}")).GetProperty("webhook").GetRawText());

        var changed = (await registry.PatchAsync($"/webhooks/{id}", new { name = "b", status = "DISABLED", description = "", secret = "", events = Array.Empty<object>() })).GetProperty("webhook");
        Assert.Equal(("b", "DISABLED", "tells \"us\"", Url), (changed.Text("name"), changed.Text("status"), changed.Text("description"), changed.Text("url")));
        Assert.Equal(made.GetProperty("events").GetRawText(), changed.GetProperty("events").GetRawText());
        changed = (await registry.PatchAsync($"/webhooks/{id}", new { url = "https://b.example.com", events = Events("PROMPT.CREATED"), description = "d", status = 1 })).GetProperty("webhook");
        Assert.Equal(("https://b.example.com", "d", "ACTIVE"), (changed.Text("url"), changed.Text("description"), changed.Text("status")));
        Assert.Equal("""[{"entity":"PROMPT","action":"CREATED"}]""", changed.GetProperty("events").GetRawText());
        Assert.True(changed.GetProperty("last_updated_timestamp").GetInt64() >= made.GetProperty("creation_timestamp").GetInt64());

        await registry.DeleteAsync($"/webhooks/{id}");
        Assert.Equal("{}", (await registry.GetAsync("/webhooks")).GetRawText());
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Patch, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/test") })
            await registry.MissingAsync(method, $"/webhooks/{id}{path}", new { }, $"Webhook with ID {id} not found.");
    }

    [Fact]
    public async Task Webhooks_are_listed_in_pages_newest_first_and_only_those_of_the_workspace()
    {
        for (var i = 0; i < 5; i++)
            await registry.PostAsync("/webhooks", new { name = $"h{i}", url = Url, events = Events("PROMPT.CREATED") });
        var names = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var page = await registry.GetAsync($"/webhooks?max_results=2&page_token={Uri.EscapeDataString(token)}");
            names.AddRange(page.GetProperty("webhooks").EnumerateArray().Select(webhook => webhook.Text("name")));
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() : null;
        }

        Assert.Equal(["h4", "h3", "h2", "h1", "h0"], names);
        using var other = RegistryClient.In(plane);
        Assert.Equal("{}", (await other.GetAsync("/webhooks")).GetRawText());
        var id = (await registry.GetAsync("/webhooks?max_results=1")).GetProperty("webhooks")[0].Text("webhook_id");
        await other.MissingAsync(HttpMethod.Get, $"/webhooks/{id}", null, "Webhook with ID");
        await other.MissingAsync(HttpMethod.Delete, $"/webhooks/{id}", null, "Webhook with ID");
        Assert.Equal(HttpStatusCode.NotFound, (await other.SendAsync(HttpMethod.Get, $"/api/v1/registry/webhooks/{id}/deliveries")).Status);
        await registry.InvalidAsync(HttpMethod.Get, "/webhooks?max_results=0", null, "max_results must be between 1 and 1000.");
        await registry.InvalidAsync(HttpMethod.Get, "/webhooks?max_results=1001", null, "max_results must be between 1 and 1000.");
        await registry.InvalidAsync(HttpMethod.Get, "/webhooks?page_token=%21", null, "Invalid page token");
    }

    [Theory]
    [InlineData("""{"url": "https://a.example", "events": []}""", "Missing value for required parameter 'name'.")]
    [InlineData("""{"name": "a", "events": []}""", "Missing value for required parameter 'url'.")]
    [InlineData("""{"name": "a", "url": "https://a.example"}""", "Missing value for required parameter 'events'.")]
    [InlineData("""{"name": "a", "url": "https://a.example", "events": []}""", "Webhook events must be a non-empty list of WebhookEvent objects: [].")]
    [InlineData("""{"name": "-a", "url": "https://a.example", "events": []}""", "Webhook name '-a' is invalid. It must start and end with a letter or digit, be less than 63")]
    [InlineData("""{"name": "a\n", "url": "https://a.example", "events": []}""", "Webhook name 'a\\n' is invalid.")]
    [InlineData("""{"name": "a", "url": "ftp://a.example", "events": []}""", "Invalid webhook URL scheme: 'ftp'. Allowed schemes are: https, http.")]
    [InlineData("""{"name": "a", "url": " ", "events": []}""", "Webhook URL cannot be empty or just whitespace: ' '")]
    [InlineData("""{"name": "a", "url": "https://a.example/\r\nHost: b", "events": []}""", "Invalid webhook URL: ")]
    [InlineData("""{"name": "a", "url": "https://u:p@a.example/", "events": []}""", "Webhook URL must not contain credentials.")]
    [InlineData("""{"name": "a", "url": "https:///x", "events": []}""", "Invalid webhook URL: 'https:///x'.")]
    [InlineData("""{"name": "a", "url": "nowhere", "events": []}""", "Invalid webhook URL: 'nowhere'.")]
    [InlineData("""{"name": "a", "url": "https://a.example", "events": [{"entity": "MODEL_VERSION", "action": "SET"}]}""", "Invalid action 'set' for entity 'model_version'. Valid actions are: ['created', 'deleted', 'stage_changed']")]
    [InlineData("""{"name": "a", "url": "https://a.example", "events": [{"entity": "PROMPT_TAG", "action": "CREATED"}]}""", "Invalid action 'created' for entity 'prompt_tag'. Valid actions are: ['deleted', 'set']")]
    [InlineData("""{"name": "a", "url": "https://a.example", "events": [{"entity": "RUN", "action": "CREATED"}]}""", "Invalid value for parameter 'events[0].entity' supplied: it must be one of REGISTERED_MODEL, ")]
    [InlineData("""{"name": "a", "url": "https://a.example", "events": [{"entity": "PROMPT"}]}""", "Invalid value for parameter 'events[0].action' supplied")]
    [InlineData("""{"name": "a", "url": "https://a.example", "events": [{"entity": "BUDGET_POLICY", "action": "EXCEEDED"}]}""", "Invalid value for parameter 'events[0].entity' supplied: there are no budget policies here")]
    [InlineData("""{"name": "a", "url": "https://a.example", "events": "x"}""", "Invalid value \"x\" for parameter 'events' supplied")]
    public async Task A_webhook_that_breaks_a_rule_is_refused_with_the_rule(string body, string message) =>
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", body, message);

    [Fact]
    public async Task Names_urls_descriptions_secrets_and_numbers_of_webhooks_have_limits()
    {
        var events = Events("PROMPT.CREATED");
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", new { name = new string('n', 64), url = Url, events }, "Webhook name 'nnn");
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", new { name = "n", url = "https://a.example/" + new string('u', 2048), events }, "'url' exceeds the maximum length of 2048 characters");
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", new { name = "n", url = Url, events, secret = new string('s', 1001) }, "'secret' exceeds the maximum length of 1000 characters");
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", new { name = "n", url = Url, events, description = new string('d', 1001) }, "'description' exceeds");
        for (var i = 0; i < 100; i++)
            await registry.PostAsync("/webhooks", new { name = new string('n', 63), url = Url, events });
        await registry.InvalidAsync(HttpMethod.Post, "/webhooks", new { name = "n", url = Url, events }, "A workspace has at most 100 webhooks.");
    }

    [Fact]
    public async Task MLflows_client_is_shown_only_events_that_it_can_read()
    {
        var both = await registry.WebhookAsync(Url, null, "MODEL_VERSION.DELETED", "PROMPT.CREATED");
        var own = await registry.WebhookAsync(Url, null, "REGISTERED_MODEL.RENAMED");
        Assert.Equal(2, (await registry.GetAsync("/webhooks")).GetProperty("webhooks").GetArrayLength());
        using var client = new RegistryClient(plane, registry.Workspace);
        client.Http.DefaultRequestHeaders.UserAgent.ParseAdd("mlflow-python-client/3.11.0");
        var shown = Assert.Single((await client.GetAsync("/webhooks")).GetProperty("webhooks").EnumerateArray());
        Assert.Equal(both, shown.Text("webhook_id"));
        Assert.Equal("""[{"entity":"PROMPT","action":"CREATED"}]""", shown.GetProperty("events").GetRawText());
        await client.InvalidAsync(HttpMethod.Get, $"/webhooks/{own}", null, $"Webhook with ID {own} fires only on events that MLflow does not have.");
        await client.InvalidAsync(HttpMethod.Patch, $"/webhooks/{own}", new { name = "x" }, "Webhook with ID");
        await client.DeleteAsync($"/webhooks/{own}");
    }

    [Fact]
    public async Task The_log_of_a_webhook_that_is_not_there_is_a_problem_in_this_products_shape()
    {
        using var response = await registry.Http.GetAsync("/api/v1/registry/webhooks/none/deliveries");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("webhook_not_found", (await response.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        var id = await registry.WebhookAsync(Url, null, "PROMPT.CREATED");
        foreach (var (query, code) in new[] { ("?status=x", "invalid_status"), ("?limit=0", "invalid_limit"), ("?pageToken=x", "invalid_page_token") })
            Assert.Equal(code, (await registry.SendAsync(HttpMethod.Get, $"/api/v1/registry/webhooks/{id}/deliveries{query}")).Body.Text("code"));
        var (status, body) = await registry.SendAsync(HttpMethod.Post, $"/api/v1/registry/webhooks/{id}/deliveries/none/redeliver");
        Assert.Equal((HttpStatusCode.NotFound, "delivery_not_found"), (status, body.Text("code")));
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }
}
