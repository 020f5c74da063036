using System.Net;
using System.Net.Http.Json;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

public sealed class StaticStabilityTests : IDisposable
{
    /// <summary>Ten seconds is the promise on a machine of its own; here other tests run beside.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(Soak.IsOn ? 10 : 40);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-static-");

    [Fact]
    public async Task A_gateway_that_was_killed_serves_again_while_database_broker_and_registry_are_down()
    {
        await using var postgres = await Require.OwnPostgresAsync();
        await using var rabbit = await Require.OwnRabbitAsync();
        using var product = await PlaneProcess.StartAsync(Path.Combine(folder.FullName, "product"));
        await LinearModel.RegisterAsync(product.Http);
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
        await Until.TrueAsync(async () => await LinearModel.AnswerAsync(gateway.Http) is not null);
        var before = await LinearModel.AnswerAsync(gateway.Http);

        product.Kill();
        rabbit.Kill();
        postgres.Stop("immediate");
        Assert.Equal(before, await LinearModel.AnswerAsync(gateway.Http));
        gateway.Kill();

        var began = TimeProvider.System.GetTimestamp();
        gateway = await hosts.StartAsync("InferenceGateway", arguments);
        await Until.TrueAsync(async () => await LinearModel.AnswerAsync(gateway.Http) is not null);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Within);
        Assert.Equal(before, await LinearModel.AnswerAsync(gateway.Http));
        using var marked = await gateway.Http.PostAsJsonAsync(LinearModel.InferPath, LinearModel.Row);
        Assert.Equal("true", marked.Headers.GetValues("X-Plane-Stale").Single());
        using var ready = await gateway.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
