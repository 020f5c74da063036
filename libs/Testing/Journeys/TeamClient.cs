using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace MlopsPlane.Testing.Journeys;

/// <summary>One team's view of a plane, wherever it runs: MLflow's API under a base path that names the workspace.</summary>
public sealed class TeamClient(HttpClient http, string workspace, CancellationToken ct)
{
    public string Workspace => workspace;

    /// <summary>Posts to a path after <c>/api/2.0/mlflow/</c> and demands success.</summary>
    public Task<JsonElement> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, $"api/2.0/mlflow/{path}", JsonContent.Create(body));

    public Task<JsonElement> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, $"api/2.0/mlflow/{path}", JsonContent.Create(body));

    public Task<JsonElement> GetAsync(string pathAndQuery) => SendAsync(HttpMethod.Get, $"api/2.0/mlflow/{pathAndQuery}", null);

    public async Task<HttpStatusCode> StatusAsync(string pathAndQuery)
    {
        using var response = await http.GetAsync(Address($"api/2.0/mlflow/{pathAndQuery}"), ct);
        return response.StatusCode;
    }

    /// <summary>The status of a post.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path, object body)
    {
        using var response = await http.PostAsJsonAsync(Address($"api/2.0/mlflow/{path}"), body, ct);
        return response.StatusCode;
    }

    /// <summary>The status of an upload.</summary>
    public async Task<HttpStatusCode> UploadStatusAsync(string root, string path, HttpContent content)
    {
        using var response = await http.PutAsync(Address(Artifact(root, path)), content, ct);
        return response.StatusCode;
    }

    /// <summary>Puts a file below an <c>mlflow-artifacts:/</c> address.</summary>
    public Task UploadAsync(string root, string path, HttpContent content) => SendAsync(HttpMethod.Put, Artifact(root, path), content);

    /// <summary>The bytes of a file as a stream; the caller disposes the response.</summary>
    public async Task<HttpResponseMessage> DownloadAsync(string root, string path)
    {
        var response = await http.GetAsync(Address(Artifact(root, path)), HttpCompletionOption.ResponseHeadersRead, ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    private static string Artifact(string root, string path) =>
        $"api/2.0/mlflow-artifacts/artifacts/{root["mlflow-artifacts:/".Length..]}/{path}";

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, Address(path)) { Content = content };
        using var response = await http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private Uri Address(string path) => new(http.BaseAddress!, $"w/{workspace}/{path}");
}
