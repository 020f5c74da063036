using System.Diagnostics.Metrics;
using System.Text.Json;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class ProviderTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task A_provider_that_is_missing_fails_the_deployment_with_the_librarys_reason()
    {
        var name = $"m-{Guid.CreateVersion7():N}";
        var version = await world.RegisterAsync(name, "linear.onnx");
        await world.Deployments.OkAsync(HttpMethod.Post, "", new { name, model = $"models:/{name}/{version}", provider = new { kind = "cuda" } });
        JsonElement status = default;
        await Until.TrueAsync(async () => (status = await world.Deployments.GetAsync($"/{name}/status")).GetProperty("phase").GetString() == "Failed");
        var reason = status.GetProperty("replicas")[0].GetProperty("reason").GetString()!;
        Assert.Contains("CUDA", reason, StringComparison.OrdinalIgnoreCase);
        await world.RefusedAsync(name, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4), System.Net.HttpStatusCode.ServiceUnavailable, name);
    }

    [Fact]
    public async Task Where_the_deployment_allows_it_the_model_runs_on_the_cpu_and_status_and_metric_say_why()
    {
        var fallbacks = 0L;
        var name = $"m-{Guid.CreateVersion7():N}";
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "mlops_inference_provider_fallbacks")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "deployment" && name.Equals(tag.Value))
                    Interlocked.Add(ref fallbacks, count);
            }
        });
        listener.Start();
        var version = await world.RegisterAsync(name, "linear.onnx");
        await world.DeployVersionAsync(name, $"models:/{name}/{version}", new { provider = new { kind = "cuda", onMissing = "cpu" } });
        await world.InferAsync(name, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
        JsonElement replica = default;
        await Until.TrueAsync(async () => (replica = (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("replicas")[0]).GetProperty("provider").GetString() == "cpu");
        Assert.Contains("CUDA", replica.GetProperty("fallbackReason").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, Interlocked.Read(ref fallbacks));
    }

    public void Dispose() => world.Dispose();
}
