using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing;

namespace MlopsPlane.Cluster.Tests.World;

/// <summary>Clients that each write and read in turn, one request after the other, and remember what was acknowledged.</summary>
internal sealed class Traffic(HttpClient http, string workspace, string experiment) : IAsyncDisposable
{
    /// <summary>Between two rounds of a client in the gate, where other tests need the processors too.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(Soak.IsOn ? 0 : 100);

    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentBag<string> acknowledged = [];
    private readonly ConcurrentBag<string> failedWrites = [];
    private readonly ConcurrentBag<string> failedReads = [];
    private Task running = Task.CompletedTask;

    /// <summary>Writes that were answered with success.</summary>
    public int Acknowledged => acknowledged.Count;

    /// <summary>What every failed write was answered.</summary>
    public IReadOnlyCollection<string> FailedWrites => failedWrites;

    /// <inheritdoc cref="FailedWrites"/>
    public IReadOnlyCollection<string> FailedReads => failedReads;

    public static async Task<Traffic> StartAsync(HttpClient http, string workspace, int clients)
    {
        var created = await http.PostAsJsonAsync($"/w/{workspace}/api/2.0/mlflow/experiments/create", new { name = "traffic" });
        created.EnsureSuccessStatusCode();
        var traffic = new Traffic(http, workspace, (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment_id").GetString()!);
        traffic.running = Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => traffic.ClientAsync(client))));
        return traffic;
    }

    public async Task StopAsync()
    {
        await end.CancelAsync();
        await running;
    }

    /// <summary>Every acknowledged run is there once, and none is there twice.</summary>
    public async Task VerifyAsync()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        string? token = null;
        do
        {
            using var response = await http.PostAsJsonAsync(
                $"/w/{workspace}/api/2.0/mlflow/runs/search", new { experiment_ids = new[] { experiment }, max_results = 5000, page_token = token });
            var page = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(response.IsSuccessStatusCode, page.ToString());
            if (page.TryGetProperty("runs", out var runs))
            {
                foreach (var run in runs.EnumerateArray())
                {
                    var name = run.GetProperty("info").GetProperty("run_name").GetString()!;
                    counts[name] = counts.GetValueOrDefault(name) + 1;
                }
            }

            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() : null;
        }
        while (!string.IsNullOrEmpty(token));
        Assert.DoesNotContain(counts, one => one.Value > 1);
        Assert.DoesNotContain(acknowledged, name => !counts.ContainsKey(name));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        end.Dispose();
    }

    private async Task ClientAsync(int client)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"c{client}-{i}");
            var made = await SendAsync(() => http.PostAsJsonAsync(
                $"/w/{workspace}/api/2.0/mlflow/runs/create", new { experiment_id = experiment, run_name = name, start_time = 1 }), failedWrites);
            await Task.Delay(Pause);
            if (made is not { } run)
                continue;
            acknowledged.Add(name);
            var id = run.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
            await SendAsync(() => http.GetAsync($"/w/{workspace}/api/2.0/mlflow/runs/get?run_id={id}"), failedReads);
            await SendAsync(() => http.GetAsync($"/w/{workspace}/api/2.0/mlflow/registered-models/search?max_results=1"), failedReads);
        }
    }

    private static async Task<JsonElement?> SendAsync(Func<Task<HttpResponseMessage>> send, ConcurrentBag<string> failures)
    {
        try
        {
            using var response = await send();
            if (response.StatusCode == HttpStatusCode.OK)
                return await response.Content.ReadFromJsonAsync<JsonElement>();
            failures.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
        catch (HttpRequestException broken)
        {
            failures.Add(broken.Message);
        }

        return null;
    }
}
