using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests;

/// <summary>Speaks MLflow's registry REST in a workspace of its own.</summary>
public sealed class RegistryClient(PlaneFixture plane, string? workspace = null) : IDisposable
{
    private const string Prefix = "/api/2.0/mlflow";

    public string Workspace { get; } = workspace ?? PlaneFixture.FreshWorkspace();

    public HttpClient Http { get; } = plane.NewClient(workspace);

    public static RegistryClient In(PlaneFixture plane)
    {
        var workspace = PlaneFixture.FreshWorkspace();
        return new RegistryClient(plane, workspace);
    }

    /// <summary>Sends a body to an MLflow endpoint and returns the status and the answer.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/ajax", StringComparison.Ordinal) ? path : Prefix + path);
        if (body is not null)
            request.Content = body is string text ? new StringContent(text, Encoding.UTF8, "application/json") : JsonContent.Create(body);
        using var response = await Http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, answer.Length == 0 ? default : JsonDocument.Parse(answer).RootElement);
    }

    public Task<JsonElement> PostAsync(string path, object body) => OkAsync(HttpMethod.Post, path, body);

    public Task<JsonElement> PatchAsync(string path, object body) => OkAsync(HttpMethod.Patch, path, body);

    public Task<JsonElement> PutAsync(string path, object body) => OkAsync(HttpMethod.Put, path, body);

    public Task<JsonElement> DeleteAsync(string path, object? body = null) => OkAsync(HttpMethod.Delete, path, body);

    public Task<JsonElement> GetAsync(string path) => OkAsync(HttpMethod.Get, path, null);

    public async Task<JsonElement> CreateModelAsync(string name, params (string Key, string Value)[] tags) =>
        (await PostAsync("/registered-models/create", new { name, tags = tags.Select(tag => new { key = tag.Key, value = tag.Value }) })).GetProperty("registered_model");

    public async Task<JsonElement> CreateVersionAsync(
        string name, string source = "runs:/run_id/model", string runId = "", params (string Key, string Value)[] tags) =>
        (await PostAsync("/model-versions/create",
            new { name, source, run_id = runId, tags = tags.Select(tag => new { key = tag.Key, value = tag.Value }) })).GetProperty("model_version");

    public async Task<JsonElement> ModelAsync(string name) =>
        (await GetAsync($"/registered-models/get?name={Uri.EscapeDataString(name)}")).GetProperty("registered_model");

    public async Task<JsonElement> VersionAsync(string name, int version) =>
        (await GetAsync($"/model-versions/get?name={Uri.EscapeDataString(name)}&version={version}")).GetProperty("model_version");

    public Task StageAsync(string name, int version, string stage, bool archive = false) =>
        PostAsync("/model-versions/transition-stage", new { name, version = $"{version}", stage, archive_existing_versions = archive });

    public Task AliasAsync(string name, string alias, int version) =>
        PostAsync("/registered-models/alias", new { name, alias, version = $"{version}" });

    /// <summary>Asserts an error of the given status and code whose message starts as given.</summary>
    public async Task RefusedAsync(HttpMethod method, string path, object? body, HttpStatusCode status, string code, string message)
    {
        var (actual, answer) = await SendAsync(method, path, body);
        Assert.Equal((status, code), (actual, answer.GetProperty("error_code").GetString()));
        Assert.StartsWith(message, answer.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    public Task InvalidAsync(HttpMethod method, string path, object? body, string message) =>
        RefusedAsync(method, path, body, HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", message);

    public Task MissingAsync(HttpMethod method, string path, object? body, string message) =>
        RefusedAsync(method, path, body, HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", message);

    public void Dispose() => Http.Dispose();

    private async Task<JsonElement> OkAsync(HttpMethod method, string path, object? body)
    {
        var (status, answer) = await SendAsync(method, path, body);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.NoContent, $"{method} {path}: {status} {answer}");
        return answer;
    }
}
