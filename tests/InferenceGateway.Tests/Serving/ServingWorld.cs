using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.Deployments;
using MlopsPlane.InferenceGateway.Tests.ModelStore;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

/// <summary>A workspace of its own with models that are really served.</summary>
internal sealed class ServingWorld : IDisposable
{
    private readonly ModelWorld models;

    public ServingWorld(PlaneFixture plane)
    {
        models = new ModelWorld(plane);
        Deployments = new DeploymentClient(models.Http, models.Workspace);
    }

    public HttpClient Http => models.Http;

    public string Workspace => models.Workspace;

    public DeploymentClient Deployments { get; }

    /// <summary>Registers a test model's file as a version.</summary>
    public Task<int> RegisterAsync(string name, string file) => models.RegisterAsync(name, ("model.onnx", TestModels.Read(file)));

    /// <summary>Registers the folder that mlflow.onnx.log_model wrote, deploys it and waits until it answers.</summary>
    public async Task<string> DeployFolderAsync(object? more = null)
    {
        var name = $"m-{Guid.CreateVersion7():N}";
        var version = await models.RegisterAsync(name, [.. TestModels.FolderOfMlflow]);
        await DeployVersionAsync(name, $"models:/{name}/{version}", more);
        return name;
    }

    /// <summary>Registers a model that adds a constant to every element.</summary>
    public Task<int> RegisterAddAsync(string name, float constant) => models.RegisterAsync(name, ("model.onnx", TestModels.Add(constant)));

    /// <summary>Registers and deploys a test model under a name of its own, and waits until it answers.</summary>
    /// <param name="more">Parts of the spec beside the name and the model.</param>
    public async Task<string> DeployAsync(string file, object? more = null)
    {
        var name = $"m-{Guid.CreateVersion7():N}";
        var version = await RegisterAsync(name, file);
        await DeployVersionAsync(name, $"models:/{name}/{version}", more);
        return name;
    }

    public async Task DeployVersionAsync(string name, string model, object? more = null)
    {
        var spec = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        (spec["name"], spec["model"]) = (name, model);
        await Deployments.OkAsync(HttpMethod.Post, "", spec);
        await ReadyAsync(name);
    }

    public async Task ReadyAsync(string name)
    {
        var told = "";
        await Until.TrueAsync(async () =>
        {
            using var ready = await Http.GetAsync($"/v2/models/{name}/ready");
            if (ready.StatusCode == HttpStatusCode.OK)
                return true;
            told = (await Deployments.GetAsync($"/{name}/status")).GetRawText();
            return told.Contains("\"Failed\"", StringComparison.Ordinal);
        }, what: $"{name} is ready");
        Assert.False(told.Contains("\"Failed\"", StringComparison.Ordinal), told);
    }

    /// <summary>Sends JSON to a path of the protocol.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> PostAsync(string path, object body)
    {
        using var content = body is string text ? new StringContent(text, Encoding.UTF8, "application/json") : (HttpContent)JsonContent.Create(body);
        var response = await Http.PostAsync($"/v2/models/{path}", content);
        var answer = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, answer.Length == 0 ? default : JsonElement.Parse(answer), response);
    }

    /// <summary>Infers and expects success.</summary>
    public async Task<JsonElement> InferAsync(string name, object body)
    {
        var (status, answer, response) = await PostAsync($"{name}/infer", body);
        response.Dispose();
        Assert.True(status == HttpStatusCode.OK, $"{status} {answer}");
        return answer;
    }

    /// <summary>Expects a refusal whose message says this.</summary>
    public async Task RefusedAsync(string name, object body, HttpStatusCode status, params string[] said)
    {
        var (actual, answer, response) = await PostAsync($"{name}/infer", body);
        response.Dispose();
        Assert.True(actual == status, $"{actual} {answer}");
        var message = answer.GetProperty("error").GetString()!;
        Assert.All(said, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    /// <summary>Sends a body with tensors behind its JSON.</summary>
    public async Task<HttpResponseMessage> PostBinaryAsync(string name, string header, byte[] tensors, int? headerLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        using var content = new ByteArrayContent([.. json, .. tensors]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add("Inference-Header-Content-Length", (headerLength ?? json.Length).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return await Http.PostAsync($"/v2/models/{name}/infer", content);
    }

    /// <summary>One float input of a shape.</summary>
    public static object Floats(string name, long[] shape, params float[] data) =>
        new { inputs = new[] { new { name, shape, datatype = "FP32", data } } };

    public void Dispose()
    {
        Deployments.Dispose();
        models.Dispose();
    }
}
