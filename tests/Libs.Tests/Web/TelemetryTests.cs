using System.Globalization;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Libs.Tests.Web;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_host_goes_on_counting_when_another_host_of_its_process_stops()
    {
        await using var mine = new AllInOneOnSqlite();
        await mine.InitializeAsync();
        await using (var other = new AllInOneOnSqlite())
        {
            await other.InitializeAsync();
            await other.Client.GetStringAsync("/health");
        }

        await mine.Client.GetStringAsync("/metrics");
        await mine.Client.GetStringAsync("/version");
        // A request counts some time after it was answered; the other host's never do.
        await Until.TrueAsync(async () => Requests(await mine.Client.GetStringAsync("/metrics"), "/version") == 1);
        Assert.Equal(0, Requests(await mine.Client.GetStringAsync("/metrics"), "/health"));
    }

    private static int Requests(string metrics, string route) => metrics.Split('\n')
        .Where(line => line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)
            && line.Contains($"http_route=\"{route}\"", StringComparison.Ordinal))
        .Sum(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
