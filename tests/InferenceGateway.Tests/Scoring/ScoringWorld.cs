using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.Serving;

namespace MlopsPlane.InferenceGateway.Tests.Scoring;

/// <summary>Speaks MLflow's scoring protocol to what a world has deployed.</summary>
internal static class ScoringWorld
{
    public static async Task<HttpResponseMessage> InvokeAsync(this ServingWorld world, string name, string body, string type = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await world.Http.PostAsync($"/deployments/{name}/invocations", content);
    }

    /// <summary>The predictions as JSON text.</summary>
    public static async Task<string> PredictAsync(this ServingWorld world, string name, string body, string type = "application/json")
    {
        using var response = await world.InvokeAsync(name, body, type);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode} {answer}");
        Assert.Equal(new MediaTypeHeaderValue("application/json"), response.Content.Headers.ContentType);
        return JsonElement.Parse(answer).GetProperty("predictions").GetRawText();
    }

    /// <summary>Expects a refusal in MLflow's shape whose message says this.</summary>
    public static async Task NotPredictedAsync(this ServingWorld world, string name, string body, HttpStatusCode status, string code, string type, params string[] said)
    {
        using var response = await world.InvokeAsync(name, body, type);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode} {text}");
        var answer = JsonElement.Parse(text);
        Assert.Equal(code, answer.GetProperty("error_code").GetString());
        Assert.All(said, part => Assert.Contains(part, answer.GetProperty("message").GetString(), StringComparison.Ordinal));
    }
}
