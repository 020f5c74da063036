using System.Text.Json;
using MlopsPlane.Cli.Output;
using Spectre.Console;

namespace MlopsPlane.Cli.Commands.Runs;

/// <summary>A table of metrics in a terminal, which moves while values come.</summary>
internal sealed class TailView(Screen screen)
{
    private const int Width = 40;
    private const int MaxMetrics = 200;
    private const string Blocks = "▁▂▃▄▅▆▇█";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly SortedDictionary<string, Metric> metrics = new(StringComparer.Ordinal);
    private string status = "RUNNING";

    public Task ShowAsync(IAsyncEnumerable<JsonElement> items) => screen.Console.Live(Shown()).StartAsync(async live =>
    {
        await using var all = items.GetAsyncEnumerator();
        var (drawn, undrawn) = (0L, false);
        void Draw()
        {
            live.UpdateTarget(Shown());
            live.Refresh();
            (drawn, undrawn) = (TimeProvider.System.GetTimestamp(), false);
        }

        while (true)
        {
            var next = all.MoveNextAsync().AsTask();
            // What came last is shown also when nothing follows it.
            if (undrawn && await Task.WhenAny(next, Task.Delay(Pause)) != next)
                Draw();
            if (!await next)
                break;
            Take(all.Current);
            undrawn = true;
            // A fast run sends more values than anybody can see.
            if (TimeProvider.System.GetElapsedTime(drawn) >= Pause)
                Draw();
        }

        Draw();
    });

    /// <summary>The values as a line of blocks between their least and their greatest.</summary>
    internal static string Sparkline(IReadOnlyCollection<double> values)
    {
        var finite = values.Where(double.IsFinite).ToList();
        if (finite.Count == 0)
            return new string(' ', values.Count);
        var (least, greatest) = (finite.Min(), finite.Max());
        return string.Concat(values.Select(value => !double.IsFinite(value) ? ' '
            : greatest > least ? Blocks[Math.Clamp((int)((value / 2 - least / 2) / (greatest / 2 - least / 2) * (Blocks.Length - 1) + 0.5), 0, Blocks.Length - 1)] : Blocks[3]));
    }

    private void Take(JsonElement item)
    {
        status = item.Text("status") ?? status;
        if (item.Text("metric") is not { } name || (!metrics.ContainsKey(name) && metrics.Count >= MaxMetrics))
            return;
        if (!metrics.TryGetValue(name, out var metric))
            metrics[name] = metric = new Metric([], 0, null);
        metric.Values.Enqueue(double.TryParse(item.Text("value"), out var value) ? value : double.NaN);
        if (metric.Values.Count > Width)
            metric.Values.Dequeue();
        metrics[name] = metric with { Count = metric.Count + 1, Step = item.Text("step") };
    }

    private Table Shown()
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var heading in new[] { "METRIC", "LAST", "STEP", "VALUES", status })
            table.AddColumn(new TableColumn(new Text(SafeText.Of(heading), new Style(decoration: Decoration.Bold))));
        foreach (var (name, metric) in metrics)
            table.AddRow(new Text(SafeText.Of(name)), new Text($"{metric.Values.Last():g6}"), new Text(metric.Step ?? ""), new Text($"{metric.Count}"), new Text(Sparkline(metric.Values)));
        return table;
    }

    private sealed record Metric(Queue<double> Values, long Count, string? Step);
}
