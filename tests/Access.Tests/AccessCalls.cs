using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MlopsPlane.Access.Tests;

/// <summary>Calls of the service's own API, below <c>/api/v1/access</c>.</summary>
internal static class AccessCalls
{
    private const string Base = "/api/v1/access/";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : Base + path)
        {
            Content = body switch
            {
                null => null,
                string raw => new StringContent(raw, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
                _ => JsonContent.Create(body),
            }
        };
        using var response = await client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>The answer of a call that must succeed.</summary>
    public static async Task<JsonElement> DoneAsync(this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        var (status, answer) = await client.CallAsync(method, path, body);
        Assert.True((int)status < 300, $"{method} {path}: {status} {Shown(answer)}");
        return answer;
    }

    public static Task<JsonElement> ReadAsync(this HttpClient client, string path) => client.DoneAsync(HttpMethod.Get, path);

    public static Task<JsonElement> PostAsync(this HttpClient client, string path, object body) => client.DoneAsync(HttpMethod.Post, path, body);

    /// <summary>The call must be refused with this status and, where one is given, this code.</summary>
    public static async Task<JsonElement> RefusedAsync(this HttpClient client, HttpMethod method, string path, object? body, int expected, string? code = null)
    {
        var (status, answer) = await client.CallAsync(method, path, body);
        Assert.True((int)status == expected, $"{method} {path}: {(int)status} instead of {expected}: {Shown(answer)}");
        if (code is not null)
            Assert.Equal(code, answer.GetProperty("code").GetString());
        return answer;
    }

    /// <summary>Every page of a list.</summary>
    public static async Task<List<JsonElement>> AllAsync(this HttpClient client, string path, string list, int limit)
    {
        var (found, token) = (new List<JsonElement>(), "");
        do
        {
            var page = await client.ReadAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}&pageToken={token}");
            Assert.InRange(page.GetProperty(list).GetArrayLength(), 0, limit);
            found.AddRange(page.GetProperty(list).EnumerateArray());
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString() ?? "" : "";
        }
        while (token.Length > 0);
        return found;
    }

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static string Shown(JsonElement answer) => answer.ValueKind == JsonValueKind.Undefined ? "" : answer.GetRawText();
}
