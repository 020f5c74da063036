using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

public sealed class StaticStabilityTests : IDisposable
{
    /// <summary>Ten seconds is the promise on a machine of its own; here other tests run beside.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(Soak.IsOn ? 10 : 40);

    private static readonly object Row = new { inputs = new[] { new { name = "x", shape = new[] { 1, 4 }, datatype = "FP32", data = new[] { 1, 2, 3, 4 } } } };
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-static-");

    [Fact]
    public async Task A_gateway_that_was_killed_serves_again_while_database_broker_and_registry_are_down()
    {
        await using var postgres = await Require.OwnPostgresAsync();
        await using var rabbit = await Require.OwnRabbitAsync();
        using var product = await PlaneProcess.StartAsync(Path.Combine(folder.FullName, "product"));
        await RegisterAsync(product.Http);
        using var hosts = SeparateHosts.On(await postgres.CreateDatabasesAsync("static", "inference"), await rabbit.CreateVirtualHostAsync());
        string[] arguments =
        [
            "--Services:Access", product.Address.ToString(), "--Services:Registry", product.Address.ToString(),
            "--Artifacts:Folder", Path.Combine(folder.FullName, "product", "artifacts"), "--Storage:DataFolder", Path.Combine(folder.FullName, "gateway"),
        ];
        Assert.Equal(0, await hosts.MigrateAsync("InferenceGateway"));
        var gateway = await hosts.StartAsync("InferenceGateway", arguments);
        using (var made = await gateway.Http.PostAsJsonAsync("/api/v1/serving/deployments", new { model = "models:/linear/1" }))
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        await Until.TrueAsync(async () => await AnswerAsync(gateway) is not null);
        var before = await AnswerAsync(gateway);

        product.Kill();
        rabbit.Kill();
        postgres.Stop("immediate");
        Assert.Equal(before, await AnswerAsync(gateway));
        gateway.Kill();

        var began = TimeProvider.System.GetTimestamp();
        gateway = await hosts.StartAsync("InferenceGateway", arguments);
        await Until.TrueAsync(async () => await AnswerAsync(gateway) is not null);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Within);
        Assert.Equal(before, await AnswerAsync(gateway));
        using var marked = await gateway.Http.PostAsJsonAsync("/v2/models/linear/infer", Row);
        Assert.Equal("true", marked.Headers.GetValues("X-Plane-Stale").Single());
        using var ready = await gateway.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    private static async Task RegisterAsync(HttpClient http)
    {
        using var model = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "linear.onnx")));
        using var put = await http.PutAsync("/api/2.0/mlflow-artifacts/artifacts/linear/model.onnx", model);
        using var created = await http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name = "linear" });
        using var version = await http.PostAsJsonAsync("/api/2.0/mlflow/model-versions/create", new { name = "linear", source = "mlflow-artifacts:/linear" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (put.StatusCode, created.StatusCode, version.StatusCode));
    }

    /// <summary>The numbers of the answer; null while there is none.</summary>
    private static async Task<string?> AnswerAsync(PlaneProcess gateway)
    {
        using var response = await gateway.Http.PostAsJsonAsync("/v2/models/linear/infer", Row);
        return response.StatusCode == HttpStatusCode.OK
            ? JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("outputs")[0].GetProperty("data").GetRawText()
            : null;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
