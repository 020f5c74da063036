using System.Net;
using System.Net.Http.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Faults;

public sealed class DatabaseRestartTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-restart-");
    private PostgresServer? server;

    [Fact]
    public async Task A_restart_of_PostgreSQL_under_load_gives_503_with_retry_after_and_recovers_by_itself()
    {
        server = await PostgresServer.StartAsync(durable: true);
        if (server is null)
            Require.Missing("PostgreSQL's server binaries.");
        using var plane = await PlaneProcess.StartAsync(
            folder.FullName, PlaneProcess.OnPostgres(await server!.CreateDatabasesAsync("restart", "access", "tracker", "registry")));
        using var bound = new CancellationTokenSource(Bound);
        Assert.Equal(HttpStatusCode.OK, (await WriteAsync(plane, "before", bound.Token)).StatusCode);

        server.Stop("immediate");
        for (var i = 0; i < 8; i++)
        {
            using var refused = await WriteAsync(plane, $"during-{i}", bound.Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("TEMPORARILY_UNAVAILABLE", await refused.Content.ReadAsStringAsync(bound.Token), StringComparison.Ordinal);
        }

        using (var notReady = await plane.Http.GetAsync("/readyz", bound.Token))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        await server.RestartAsync("immediate");
        while (true)
        {
            using var response = await WriteAsync(plane, $"after-{Guid.CreateVersion7():N}", bound.Token);
            if (response.StatusCode == HttpStatusCode.OK)
                break;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        using var ready = await plane.Http.GetAsync("/readyz", bound.Token);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        if (server is not null)
            await server.DisposeAsync();
    }

    private static Task<HttpResponseMessage> WriteAsync(PlaneProcess plane, string name, CancellationToken ct) =>
        plane.Http.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name }, ct);
}
