using System.Net;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Limits;

public sealed class LimitTests
{
    [Fact]
    public async Task Who_goes_over_a_limit_is_told_to_wait_a_second_and_others_are_not_touched()
    {
        await using var world = await EdgeWorld.StartAsync(1, "--Edge:Limits:IdentityReadsPerSecond", "10", "--Edge:Limits:BurstSeconds", "1");
        var (first, _) = await world.ServiceAccountAsync("greedy", "reader");
        var (second, _) = await world.ServiceAccountAsync("modest", "reader");
        HttpResponseMessage refused;
        var sent = 0;
        do
        {
            refused = await first.GetAsync("/api/2.0/mlflow/runs/get");
            sent++;
        }
        while (refused.StatusCode != HttpStatusCode.TooManyRequests && sent < 1000);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 0.1, 2);
        Assert.Contains("REQUEST_LIMIT_EXCEEDED", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/api/2.0/mlflow/runs/get")).StatusCode);
        var metrics = await world.Admin.GetStringAsync("/metrics");
        Assert.Matches("mlops_edge_limit\\{[^}]*\"reads\"[^}]*\\} 10", metrics);
        Assert.Contains("mlops_edge_limited_total{scope=\"identity\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_on_reads_does_not_touch_writes_and_searches_count_as_reads()
    {
        await using var world = await EdgeWorld.StartAsync(1, "--Edge:Limits:WorkspaceReadsPerSecond", "1", "--Edge:Limits:BurstSeconds", "1");
        await Until.TrueAsync(async () =>
        {
            using var search = await world.Admin.PostAsync("/w/team-a/api/2.0/mlflow/runs/search", null);
            return search.StatusCode == HttpStatusCode.TooManyRequests;
        }, 10, "a search is refused");
        for (var i = 0; i < 50; i++)
            Assert.Equal(HttpStatusCode.OK, (await world.Admin.PostAsync("/w/team-a/api/2.0/mlflow/runs/log-metric", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await world.Admin.GetAsync("/w/team-b/api/2.0/mlflow/runs/get")).StatusCode);
    }
}
