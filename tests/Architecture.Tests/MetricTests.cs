using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Architecture.Tests;

public sealed class MetricTests(AllInOneOnSqlite plane) : IClassFixture<AllInOneOnSqlite>
{
    [Fact]
    public async Task The_metrics_of_the_product_are_the_documented_ones()
    {
        // Some instruments come with the first write.
        (await plane.Client.PostAsJsonAsync("/api/2.0/mlflow/runs/log-batch", new { run_id = "none" }, TestContext.Current.CancellationToken)).Dispose();
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("MlopsPlane.", StringComparison.Ordinal))
                    found[instrument.Name] = $"| `{instrument.Name}` | {KindOf(instrument)} | {instrument.Unit} | {instrument.Description} |";
            },
        };
        listener.Start();
        var page = new StringBuilder("# Metrics\n\nWhat `/metrics` shows beside the platform's own (`http_server_*`, `kestrel_*`, `dotnet_*`, `db_client_*`).\n\n");
        page.Append("| name | kind | unit | meaning |\n| --- | --- | --- | --- |\n").AppendJoin('\n', found.Values).Append('\n');
        GoldenFile.Matches("docs/metrics.md", page.ToString());
        Assert.All(found.Keys, name => Assert.StartsWith("mlops_", name, StringComparison.Ordinal));
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        "ObservableGauge" => "gauge",
        var other => throw new InvalidOperationException($"{instrument.Name} is of a kind without a name here: {other}."),
    };
}
