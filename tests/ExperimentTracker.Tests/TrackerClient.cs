using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests;

/// <summary>Talks MLflow's REST API to a plane, in a workspace of its own.</summary>
internal sealed class TrackerClient(PlaneFixture plane, string? workspace = null) : IDisposable
{
    public string Workspace { get; } = workspace ?? PlaneFixture.FreshWorkspace();

    public HttpClient Http => http ??= plane.NewClient(Workspace);

    private HttpClient? http;

    /// <summary>Posts to a path after <c>/api/2.0/mlflow/</c> and demands success.</summary>
    public async Task<JsonElement> PostAsync(string path, object body)
    {
        var (status, answer) = await SendAsync(path, JsonSerializer.Serialize(body));
        Assert.True(status == HttpStatusCode.OK, $"{path}: {(int)status} {answer}");
        return answer;
    }

    public async Task<JsonElement> GetAsync(string pathAndQuery)
    {
        var (status, answer) = await TryGetAsync(pathAndQuery);
        Assert.True(status == HttpStatusCode.OK, $"{pathAndQuery}: {(int)status} {answer}");
        return answer;
    }

    /// <summary>Posts and demands exactly this rejection.</summary>
    public async Task RefusedAsync(string path, object body, int status, string code, string message) =>
        Check(await SendAsync(path, body as string ?? JsonSerializer.Serialize(body)), status, code, message);

    public async Task GetRefusedAsync(string pathAndQuery, int status, string code, string message) =>
        Check(await TryGetAsync(pathAndQuery), status, code, message);

    public async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync($"/api/2.0/mlflow/{path}", content);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<(HttpStatusCode Status, JsonElement Answer)> TryGetAsync(string pathAndQuery)
    {
        using var response = await Http.GetAsync($"/api/2.0/mlflow/{pathAndQuery}");
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<string> NewExperimentAsync(string name = "e") =>
        (await PostAsync("experiments/create", new { name })).GetProperty("experiment_id").GetString()!;

    public async Task<string> NewRunAsync(string experimentId = "0") => RunId(await PostAsync("runs/create", new { experiment_id = experimentId }));

    public static string RunId(JsonElement created) => created.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;

    /// <summary>The run as <c>runs/get</c> shows it.</summary>
    public async Task<JsonElement> RunAsync(string runId) => (await GetAsync($"runs/get?run_id={runId}")).GetProperty("run");

    /// <summary>Metrics, params or tags of a run by key.</summary>
    public async Task<Dictionary<string, string>> DataAsync(string runId, string kind)
    {
        var data = (await RunAsync(runId)).GetProperty("data");
        return data.TryGetProperty(kind, out var items)
            ? items.EnumerateArray().ToDictionary(item => item.GetProperty("key").GetString()!, item => Value(item), StringComparer.Ordinal)
            : [];
    }

    /// <summary>A metric's history as <c>step/timestamp/value</c> texts.</summary>
    public async Task<string[]> HistoryAsync(string runId, string key) =>
        Points(await GetAsync($"metrics/get-history?run_id={runId}&metric_key={key}&max_results=25000"));

    public static string[] Points(JsonElement answer) => answer.TryGetProperty("metrics", out var metrics)
        ? [.. metrics.EnumerateArray().Select(point => $"{point.GetProperty("step")}/{point.GetProperty("timestamp")}/{Value(point)}")]
        : [];

    /// <summary>A number without the <c>.0</c> that marks it as a float, or the text.</summary>
    public static string Value(JsonElement item) => item.GetProperty("value") is var value && value.ValueKind == JsonValueKind.Number
        ? value.GetDouble().ToString(CultureInfo.InvariantCulture)
        : value.ToString();

    /// <summary>Gets a path after <c>/api/v1/tracking/</c>: the product's own API.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Answer)> TrackingAsync(string pathAndQuery)
    {
        using var response = await Http.GetAsync($"/api/v1/tracking/{pathAndQuery}");
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>Demands this rejection of the product's own API.</summary>
    public async Task TrackingRefusedAsync(string pathAndQuery, int status, string code)
    {
        var (got, problem) = await TrackingAsync(pathAndQuery);
        Assert.Equal((status, code), ((int)got, problem.GetProperty("code").GetString()));
    }

    public void Dispose() => http?.Dispose();

    private static void Check((HttpStatusCode Status, JsonElement Answer) got, int status, string code, string message)
    {
        Assert.Equal((status, code, message),
            ((int)got.Status, got.Answer.GetProperty("error_code").GetString(), got.Answer.GetProperty("message").GetString()));
    }
}
