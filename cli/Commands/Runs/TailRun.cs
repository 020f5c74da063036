using System.CommandLine;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Runs;

/// <summary><c>plane runs tail</c></summary>
internal static class TailRun
{
    /// <summary>The server sends something every 15 s; three times that without a sign is a dead line.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    public static Command Build()
    {
        var run = new Argument<string>("run") { Description = "Id of the run." };
        var metrics = new Option<string[]>("--metric", "-m") { Description = "Only this metric; may be repeated.", HelpName = "NAME" };
        var fromStart = new Option<bool>("--from-start") { Description = "What was logged before, too." };
        return Verb.Of("tail", "Follow the metrics of a run until it ends; JSON is a document a line.", [run, metrics, fromStart], async call =>
        {
            var path = Query.Of($"api/v1/tracking/runs/{Query.Part(call.Get(run))}/metrics/tail",
                [("fromStart", call.Get(fromStart) ? "true" : null), .. call.Get(metrics)!.Select(metric => ("metric", (string?)metric))]);
            var items = ItemsAsync(call, path, call.Ct);
            if (!call.Screen.Json && call.Screen.IsTerminal)
                await new TailView(call.Screen).ShowAsync(items);
            else
                await WriteAsync(call.Screen, items);
        });
    }

    private static async Task WriteAsync(Screen screen, IAsyncEnumerable<JsonElement> items)
    {
        await foreach (var item in items)
        {
            if (screen.Json)
                screen.JsonLine(item);
            else if (item.Text("kind") == "metric")
                screen.Line($"{item.Time("timestamp")}  {item.Text("metric")}  {item.Text("value")}  step {item.Text("step")}");
            else
                screen.Message($"The run is {item.Text("status")}.");
        }
    }

    /// <summary>Values and states; ends when the run has ended.</summary>
    /// <exception cref="CliException">The stream ended or fell silent before that.</exception>
    private static async IAsyncEnumerable<JsonElement> ItemsAsync(Call call, string path, [EnumeratorCancellation] CancellationToken ct)
    {
        using var answer = await call.Client.OpenAsync(path, ct);
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var events = SseParser.Create(stream).EnumerateAsync(bound.Token).GetAsyncEnumerator(bound.Token);
        var last = "";
        while (await NextAsync(events, bound, call, ct))
        {
            using var document = JsonDocument.Parse(events.Current.Data);
            var item = document.RootElement.Clone();
            if (events.Current.EventType == "heartbeat")
                continue;
            last = item.Text("status") ?? last;
            yield return item;
        }

        if (last is not ("FINISHED" or "FAILED" or "KILLED"))
            throw Broken(call);
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events, CancellationTokenSource bound, Call call, CancellationToken ct)
    {
        bound.CancelAfter(Silence);
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw Broken(call);
        }
    }

    private static CliException Broken(Call call) => new(
        ExitCodes.Unreachable, "stream_broken", $"{call.Target.Address} ended the stream before the run did.", "Start it again; --from-start shows what was missed.");
}
