using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using MlopsPlane.Testing;

namespace MlopsPlane.Cluster.Tests.World;

/// <summary>Clients that each send one request after the other to a deployed model, and remember what came.</summary>
internal sealed class Inferring : IAsyncDisposable
{
    /// <summary>Between two requests of a client in the gate, where other tests need the processors too.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(Soak.IsOn ? 0 : 50);

    /// <summary>A request to a model that takes four numbers.</summary>
    public static readonly object Body = new { inputs = new[] { new { name = "x", shape = new[] { 1, 4 }, datatype = "FP32", data = new[] { 1, 2, 3, 4 } } } };

    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentBag<string> failed = [];
    private readonly ConcurrentDictionary<string, int> versions = new(StringComparer.Ordinal);
    private readonly Task running;
    private int answered;
    private volatile string? expected;

    public Inferring(HttpClient http, string path, int clients) =>
        running = Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => ClientAsync(http, path))));

    public int Answered => Volatile.Read(ref answered);

    /// <summary>What each request was answered that failed.</summary>
    public IReadOnlyCollection<string> Failed => failed;

    /// <summary>The model's versions that answered.</summary>
    public ICollection<string> Versions => versions.Keys;

    /// <summary>Requests that are sent from now on fail when another version answers; null while versions change.</summary>
    public void Expect(int? version) => expected = version is { } number ? $"{number}" : null;

    public async Task StopAsync()
    {
        await end.CancelAsync();
        await running;
    }

    /// <summary>Until so many more were answered.</summary>
    public Task MoreAsync(int count)
    {
        var wanted = Answered + count;
        return Until.TrueAsync(() => Answered >= wanted);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        end.Dispose();
    }

    private async Task ClientAsync(HttpClient http, string path)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var wanted = expected;
                using var response = await http.PostAsJsonAsync(path, Body);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    var version = response.Headers.GetValues("X-Plane-Model-Version").Single();
                    versions.AddOrUpdate(version, 1, (_, count) => count + 1);
                    Interlocked.Increment(ref answered);
                    if (wanted is not null && wanted == expected && version != wanted)
                        failed.Add($"{response.Headers.GetValues("X-Plane-Replica").Single()} answered with version {version}; it had swapped to {wanted}.");
                }
                else
                {
                    failed.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                }
            }
            catch (HttpRequestException broken)
            {
                failed.Add(broken.Message);
            }

            await Task.Delay(Pause);
        }
    }
}
