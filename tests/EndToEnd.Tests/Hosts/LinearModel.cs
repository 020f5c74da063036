using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

/// <summary>A small model, registered as MLflow's client does it and asked over the Open Inference Protocol.</summary>
internal static class LinearModel
{
    public const string InferPath = "/v2/models/linear/infer";

    public static readonly object Row = new { inputs = new[] { new { name = "x", shape = new[] { 1, 4 }, datatype = "FP32", data = new[] { 1, 2, 3, 4 } } } };

    public static async Task RegisterAsync(HttpClient http)
    {
        using var model = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "linear.onnx")));
        using var put = await http.PutAsync("/api/2.0/mlflow-artifacts/artifacts/linear/model.onnx", model);
        using var created = await http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name = "linear" });
        using var version = await http.PostAsJsonAsync("/api/2.0/mlflow/model-versions/create", new { name = "linear", source = "mlflow-artifacts:/linear" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (put.StatusCode, created.StatusCode, version.StatusCode));
    }

    /// <summary>The numbers of the answer; null while there is none.</summary>
    public static async Task<string?> AnswerAsync(HttpClient gateway)
    {
        using var response = await gateway.PostAsJsonAsync(InferPath, Row);
        return response.StatusCode == HttpStatusCode.OK
            ? JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("outputs")[0].GetProperty("data").GetRawText()
            : null;
    }
}
