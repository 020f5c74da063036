using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing;
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

    [Fact]
    public async Task Writers_that_repeat_a_503_get_through_a_crash_of_PostgreSQL_and_every_write_is_there_once()
    {
        server = await PostgresServer.StartAsync(durable: true);
        if (server is null)
            Require.Missing("PostgreSQL's server binaries.");
        using var plane = await PlaneProcess.StartAsync(
            folder.FullName, PlaneProcess.OnPostgres(await server!.CreateDatabasesAsync("crash", "access", "tracker", "registry")));
        using var bound = new CancellationTokenSource(Bound);
        var (acknowledged, refused, until) = (new ConcurrentBag<string>(), 0, int.MaxValue);
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; i < Volatile.Read(ref until); i++)
            {
                var name = $"e-{writer}-{i}";
                while (true)
                {
                    using var response = await WriteAsync(plane, name, bound.Token);
                    // The answer to a first attempt may have been lost with the database after its commit.
                    if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest)
                        break;
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                    Interlocked.Increment(ref refused);
                    await Task.Delay(20, bound.Token);
                }

                acknowledged.Add(name);
            }
        }));
        await Until.TrueAsync(() => acknowledged.Count > 100);
        server.Stop("immediate");
        await Until.TrueAsync(() => Volatile.Read(ref refused) > 20);
        await server.RestartAsync("immediate");
        var before = acknowledged.Count;
        await Until.TrueAsync(() => acknowledged.Count > before + 100);
        Volatile.Write(ref until, 0);
        await writers;
        var found = await plane.Http.GetFromJsonAsync<JsonElement>("/api/2.0/mlflow/experiments/search?max_results=50000", bound.Token);
        var names = found.GetProperty("experiments").EnumerateArray().Select(experiment => experiment.GetProperty("name").GetString()!).ToList();
        Assert.Empty(acknowledged.Except(names, StringComparer.Ordinal));
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
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
