using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

public sealed class PlacementOutageTests : IDisposable
{
    /// <summary>Longer than the leader's lease of nine seconds; with <c>--soak</c> longer than the half minute after which a replica is thought gone.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Soak.IsOn ? 45 : 12);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-outage-");

    [Fact]
    public async Task A_database_that_was_away_for_longer_than_the_lead_fails_no_request_and_moves_no_model()
    {
        await using var postgres = await Require.OwnPostgresAsync();
        await using var rabbit = await Require.OwnRabbitAsync();
        using var product = await PlaneProcess.StartAsync(Path.Combine(folder.FullName, "product"));
        await LinearModel.RegisterAsync(product.Http);
        using var hosts = SeparateHosts.On(await postgres.CreateDatabasesAsync("outage", "inference"), await rabbit.CreateVirtualHostAsync());
        Assert.Equal(0, await hosts.MigrateAsync("InferenceGateway"));
        var (first, second) = (await StartAsync(hosts, product, "first"), await StartAsync(hosts, product, "second"));
        using (var made = await first.Http.PostAsJsonAsync("/api/v1/serving/deployments", new { model = "models:/linear/1", pin = new[] { "second" } }))
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        await Until.TrueAsync(async () => await PhaseAsync(first) == "Ready" && await LinearModel.AnswerAsync(first.Http) is not null);
        var loads = (await LoadsAsync(first), await LoadsAsync(second));

        postgres.Stop("immediate");
        var (began, answers) = (TimeProvider.System.GetTimestamp(), new List<string?>());
        while (TimeProvider.System.GetElapsedTime(began) < Outage)
        {
            answers.Add(await LinearModel.AnswerAsync(first.Http));
            // A client that leaves the processor to the servers.
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await postgres.RestartAsync("fast");
        // Beyond the replica's longest pause, so that both have read and reported again.
        await Until.TrueAsync(async () =>
        {
            answers.Add(await LinearModel.AnswerAsync(first.Http));
            return await AgeAsync(first) < 5 && await AgeAsync(second) < 5 && await PhaseAsync(first) == "Ready";
        }, seconds: 90);

        Assert.NotEmpty(answers);
        Assert.Single(answers.Distinct(StringComparer.Ordinal));
        Assert.NotNull(answers[0]);
        Assert.Equal(loads, (await LoadsAsync(first), await LoadsAsync(second)));
        Assert.Equal((0, 1), loads);
        Assert.Equal(0, await SumAsync(second, "mlops_inference_unloads_total"));
    }

    private Task<PlaneProcess> StartAsync(SeparateHosts hosts, PlaneProcess product, string name) => hosts.StartAsync(
        "InferenceGateway", "--Services:Access", product.Address.ToString(), "--Services:Registry", product.Address.ToString(), "--Serving:ReplicaName", name,
        "--Artifacts:Folder", Path.Combine(folder.FullName, "product", "artifacts"), "--Storage:DataFolder", Path.Combine(folder.FullName, name));

    private static async Task<string?> PhaseAsync(PlaneProcess gateway)
    {
        using var response = await gateway.Http.GetAsync("/api/v1/serving/deployments/linear/status");
        return response.IsSuccessStatusCode ? JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("phase").GetString() : null;
    }

    private static async Task<int> LoadsAsync(PlaneProcess gateway) => (int)await SumAsync(gateway, "mlops_inference_loads_total");

    private static async Task<double> AgeAsync(PlaneProcess gateway) => await SumAsync(gateway, "mlops_inference_desired_state_age_seconds");

    private static async Task<double> SumAsync(PlaneProcess gateway, string metric) => (await gateway.Http.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith(metric, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    public void Dispose() => folder.Delete(recursive: true);
}
