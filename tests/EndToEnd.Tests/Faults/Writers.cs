using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace MlopsPlane.EndToEnd.Tests.Faults;

/// <summary>
/// Sixteen clients that create runs, log batches, finish runs and register versions, and remember what was acknowledged.
/// </summary>
internal sealed class Writers(Uri address, string round)
{
    public const int Count = 16;

    /// <summary>Metrics of one batch; all of them or none may be found later.</summary>
    public const int BatchSize = 50;

    private long acknowledged;

    /// <summary>Acknowledged batches: run id and step.</summary>
    public ConcurrentBag<(string Run, int Step)> Batches { get; } = [];

    /// <summary>Every run whose creation was acknowledged.</summary>
    public ConcurrentBag<string> Runs { get; } = [];

    /// <summary>Acknowledged ends of runs.</summary>
    public ConcurrentBag<string> Finished { get; } = [];

    /// <summary>Acknowledged versions of the round's model, with their run.</summary>
    public ConcurrentBag<(int Version, string Run)> Versions { get; } = [];

    public string Model => $"model-{round}";

    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Writes until the server is gone.</summary>
    public async Task RunAsync(string experiment, CancellationToken ct)
    {
#pragma warning disable RS0030 // The clients of this test.
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
#pragma warning restore RS0030
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async writer =>
        {
            try
            {
                for (var i = 0; !failed.IsCancellationRequested; i++)
                    await WriteOneRunAsync(http, experiment, $"w{writer}-{i}", failed.Token);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
            {
                // The server was killed under this writer: what it had not acknowledged may or may not be there.
            }
            finally
            {
                await failed.CancelAsync();
            }
        }));
    }

    private async Task WriteOneRunAsync(HttpClient http, string experiment, string name, CancellationToken ct)
    {
        var created = await PostAsync(http, "runs/create", new { experiment_id = experiment, run_name = name, start_time = 1 }, ct);
        var run = created.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
        Runs.Add(run);
        for (var step = 0; step < 3; step++)
        {
            await PostAsync(http, "runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(0, BatchSize).Select(m => new { key = $"m{m}", value = step, timestamp = 1, step }),
                @params = new[] { new { key = string.Create(CultureInfo.InvariantCulture, $"p{step}"), value = "v" } },
                tags = new[] { new { key = string.Create(CultureInfo.InvariantCulture, $"t{step}"), value = "v" } },
            }, ct);
            Batches.Add((run, step));
        }

        await PostAsync(http, "runs/update", new { run_id = run, status = "FINISHED", end_time = 2 }, ct);
        Finished.Add(run);
        var version = await PostAsync(http, "model-versions/create", new { name = Model, source = $"mlflow-artifacts:/1/{run}/artifacts/model", run_id = run }, ct);
        Versions.Add((int.Parse(version.GetProperty("model_version").GetProperty("version").GetString()!, CultureInfo.InvariantCulture), run));
    }

    private async Task<JsonElement> PostAsync(HttpClient http, string path, object body, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {response.StatusCode}: {text}");
        Interlocked.Increment(ref acknowledged);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
