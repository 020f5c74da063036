using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Runs;

internal static class RunCommands
{
    public const string Mlflow = "api/2.0/mlflow";

    private const int ShownMetrics = 5;

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("RUN", "info.run_id"), Column.Of("NAME", "info.run_name"), Column.Of("EXPERIMENT", "info.experiment_id"), Column.Of("STATUS", "info.status"),
        Column.Time("STARTED", "info.start_time"), new("TOOK", Took, ToTheRight: true), new("METRICS", run => Pairs.Of(run, "data.metrics", ShownMetrics)),
    ];

    public static Command Build() => Verb.Group("runs", "Runs of experiments.", SearchRuns.Build(), ShowRun.Build(), TailRun.Build());

    private static string? Took(JsonElement run) => run.Number("info.start_time") is { } start && run.Number("info.end_time") is > 0 and var end && end >= start
        ? TimeSpan.FromMilliseconds(end - start) is { TotalDays: < 1 } span ? span.ToString(@"hh\:mm\:ss") : TimeSpan.FromMilliseconds(end - start).ToString(@"d\.hh\:mm\:ss")
        : null;
}
