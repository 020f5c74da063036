using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Bench.Tracker;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Bench.Inference.Processes;

/// <summary>The product in one process on the server's core, with models registered and deployed as a user does it.</summary>
internal sealed class Gateway : IDisposable
{
    private readonly DirectoryInfo data;
    private readonly PlaneProcess plane;

    private Gateway(DirectoryInfo data, PlaneProcess plane, Uri grpc) => (this.data, this.plane, Grpc) = (data, plane, grpc);

    public Uri Rest => plane.Address;

    public Uri Grpc { get; }

    public double CpuSeconds => ProcessMeter.CpuSeconds(plane.Id);

    public static async Task<Gateway> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("plane-bench-inference-");
        var grpc = new Uri(FreePort.Address());
        var started = await Core.StartOnServerAsync(() => PlaneProcess.StartAsync(folder.FullName, "--grpc-urls", grpc.ToString().TrimEnd('/')));
        return new Gateway(folder, started, grpc);
    }

    /// <summary>Registers a model and deploys it under its name and, with each request on its own, under <c>NAME-single</c>.</summary>
    public async Task DeployAsync(string name, byte[] model)
    {
        using var content = new ByteArrayContent(model);
        await ExpectAsync(await plane.Http.PutAsync($"/api/2.0/mlflow-artifacts/artifacts/bench/{name}/model.onnx", content));
        await ExpectAsync(await plane.Http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name }));
        await ExpectAsync(await plane.Http.PostAsJsonAsync("/api/2.0/mlflow/model-versions/create", new { name, source = $"mlflow-artifacts:/bench/{name}" }));
        await Until.TrueAsync(async () =>
            (await plane.Http.GetFromJsonAsync<JsonElement>($"/api/v1/registry/models/{name}/versions/1/content")).GetProperty("state").GetString() != "pending");
        await DeployAsync(name, name, new { });
        await DeployAsync($"{name}-single", name, new { enabled = false });
    }

    /// <summary>A counter of the gateway's own, summed over its labels.</summary>
    /// <param name="label">Only series that hold this text.</param>
    public async Task<double> CounterAsync(string metric, string label)
    {
        var lines = (await plane.Http.GetStringAsync("/metrics")).Split('\n');
        return lines.Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    public Task<double> AllocatedBytesAsync() => ProcessMeter.AllocatedBytesAsync(plane.Http);

    public void Dispose()
    {
        plane.Dispose();
        data.Delete(recursive: true);
    }

    private async Task DeployAsync(string name, string model, object batching)
    {
        await ExpectAsync(await plane.Http.PostAsJsonAsync("/api/v1/serving/deployments", new { name, model = $"models:/{model}/1", batching }));
        await Until.TrueAsync(async () => (await plane.Http.GetAsync($"/v2/models/{name}/ready")).StatusCode == HttpStatusCode.OK, what: $"{name} is ready");
    }

    private static async Task ExpectAsync(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        answer.Dispose();
    }
}
