using System.Net.Http.Json;
using MlopsPlane.Cluster.Tests.World;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Cluster.Tests;

public sealed class WebhookTests(RunningCluster cluster)
{
    private const int Models = 100;
    private const int Writers = 8;

    private readonly string api = $"/w/t-{Guid.CreateVersion7():N}"[..33] + "/api/2.0/mlflow";

    [Fact]
    public async Task Two_replicas_send_each_event_once_and_one_that_is_killed_loses_none()
    {
        cluster.Require();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var made = await cluster.Admin.PostAsJsonAsync(api + "/webhooks", new
        {
            name = "hook", url = receiver.Url, secret = "shared by both replicas", events = new[] { new { entity = "REGISTERED_MODEL", action = "CREATED" } },
        });
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        await CreateAsync("first");
        Assert.Equal(Models, Names(await receiver.WaitAsync(Models)).Distinct().Count());

        var more = CreateAsync("second");
        cluster.Kill("registry-1");
        var told = await more;
        await cluster.RestartAsync("registry-1");
        await Until.TrueAsync(() => Names(receiver.All).Distinct().Count(name => name.StartsWith("second", StringComparison.Ordinal)) >= told, 60);
        // What was sent when its sender died may come again, with its own id; before that nothing came twice.
        Assert.Equal(Models, Names(receiver.All).Count(name => name.StartsWith("first", StringComparison.Ordinal)));
        Assert.Equal(Names(receiver.All).Distinct().Count(), receiver.All.Select(one => one.DeliveryId).Distinct().Count());
    }

    /// <summary>Creates models from several clients; how many were acknowledged.</summary>
    private async Task<int> CreateAsync(string prefix)
    {
        var acknowledged = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Models), new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (i, ct) =>
        {
            using var response = await cluster.Admin.PostAsJsonAsync(api + "/registered-models/create", new { name = $"{prefix}-{i}" }, ct);
            if (response.IsSuccessStatusCode)
                Interlocked.Increment(ref acknowledged);
        });
        return acknowledged;
    }

    private static List<string> Names(IReadOnlyList<WebhookReceiver.Received> all) => [.. all.Select(one => one.Data.GetProperty("name").GetString()!)];
}
