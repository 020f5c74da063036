using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>Requests whose status is what a test is about.</summary>
internal static class Calls
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<(int Status, JsonElement Body)> CallAsync(this HttpClient client, string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{client.BaseAddress}".TrimEnd('/') + path))
        {
            Content = body switch
            {
                null => null,
                string text => new StringContent(text, new MediaTypeHeaderValue("text/plain")),
                _ => JsonContent.Create(body),
            },
        };
        using var answer = await client.SendAsync(request, Ct);
        var content = await answer.Content.ReadAsStringAsync(Ct);
        return ((int)answer.StatusCode, content is ['{' or '[', ..] ? JsonElement.Parse(content) : JsonSerializer.SerializeToElement(content));
    }

    /// <summary>The answer of a request that must succeed.</summary>
    public static async Task<JsonElement> DoneAsync(this HttpClient client, string method, string path, object? body = null)
    {
        var (status, answer) = await client.CallAsync(method, path, body);
        Assert.True(status < 300, $"{method} {path}: {status} {answer}");
        return answer;
    }

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
