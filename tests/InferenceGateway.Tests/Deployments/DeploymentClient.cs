using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Deployments;

/// <summary>Speaks the deployments API, and as much of the registry's as it takes to have something to serve.</summary>
public sealed class DeploymentClient(HttpClient http, string workspace) : IDisposable
{
    public const string Base = "/api/v1/serving/deployments";

    /// <summary>A pool without replicas, so that nothing happens to a deployment but what the test does.</summary>
    public const string Pool = "nobody";

    public string Workspace => workspace;

    public HttpClient Http => http;

    /// <summary>In a workspace of its own.</summary>
    public static DeploymentClient In(PlaneFixture plane)
    {
        var workspace = PlaneFixture.FreshWorkspace();
        return new(plane.NewClient(workspace), workspace);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? ifMatch = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("/api", StringComparison.Ordinal) ? path : Base + path);
        if (body is not null)
            request.Content = body is string text ? new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(type)) : JsonContent.Create(body);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, answer.Length == 0 ? default : JsonElement.Parse(answer));
    }

    public async Task<JsonElement> OkAsync(HttpMethod method, string path, object? body = null, string type = "application/json")
    {
        var (status, answer) = await SendAsync(method, path, body, type: type);
        Assert.True((int)status is >= 200 and < 300, $"{method} {path}: {status} {answer}");
        return answer;
    }

    /// <summary>Makes a deployment, in a pool without replicas unless the spec names another.</summary>
    public Task<JsonElement> CreateAsync(object spec)
    {
        var json = JsonSerializer.SerializeToNode(spec)!.AsObject();
        json["pool"] ??= Pool;
        return OkAsync(HttpMethod.Post, "", json.ToJsonString());
    }

    public Task<JsonElement> GetAsync(string path) => OkAsync(HttpMethod.Get, path);

    /// <summary>Expects a refusal with this code, and this in its message.</summary>
    public async Task RefusedAsync(HttpMethod method, string path, object? body, HttpStatusCode status, string code, string message = "", string? ifMatch = null)
    {
        var (actual, answer) = await SendAsync(method, path, body, ifMatch);
        Assert.Equal((status, code), (actual, answer.TryGetProperty("code", out var found) ? found.GetString() : answer.ToString()));
        Assert.Contains(message, answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Registers a model with some versions.</summary>
    public async Task ModelAsync(string name, int versions = 1)
    {
        await OkAsync(HttpMethod.Post, "/api/2.0/mlflow/registered-models/create", new { name });
        for (var i = 0; i < versions; i++)
            await OkAsync(HttpMethod.Post, "/api/2.0/mlflow/model-versions/create", new { name, source = "runs:/run_id/model", run_id = "" });
    }

    public Task AliasAsync(string model, string alias, int version, string? reason = null) =>
        OkAsync(HttpMethod.Put, $"/api/v1/registry/models/{Uri.EscapeDataString(model)}/aliases/{alias}", new { version, reason });

    /// <summary>The version that the first variant of the registry serves, or that of the named one.</summary>
    public async Task<int> VersionAsync(string deployment, string variant = "main") =>
        Target(await GetAsync($"/{deployment}"), variant).GetProperty("version").GetInt32();

    public static JsonElement Target(JsonElement deployment, string variant = "main") =>
        deployment.GetProperty("targets").EnumerateArray().Single(target => target.GetProperty("variant").GetString() == variant);

    /// <summary>Waits until the events have taken a variant to a version.</summary>
    public Task ServesAsync(string deployment, int version, string variant = "main") =>
        Until.TrueAsync(async () => await VersionAsync(deployment, variant) == version, what: $"{deployment}/{variant} serves version {version}");

    /// <summary>Types of what happened, newest first, without where it was placed.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string deployment) =>
        [.. (await HappenedAsync(deployment)).Select(one => one.GetProperty("type").GetString()!)];

    /// <summary>What happened, newest first, without where it was placed.</summary>
    public async Task<IReadOnlyList<JsonElement>> HappenedAsync(string deployment, string query = "") =>
        [.. (await GetAsync($"/{deployment}/events{query}")).GetProperty("events").EnumerateArray().Where(one => one.GetProperty("type").GetString() is not ("placed" or "unplaced"))];

    public void Dispose() => http.Dispose();
}
