using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Runs;

/// <summary><c>plane runs show</c></summary>
internal static class ShowRun
{
    private static readonly IReadOnlyList<Column> Fields =
    [
        .. RunCommands.Columns.Where(column => column.Heading != "METRICS"), Column.Time("ENDED", "info.end_time"), Column.Of("STATE", "info.lifecycle_stage"),
        Column.Of("USER", "info.user_id"), Column.Of("ARTIFACTS", "info.artifact_uri"),
    ];

    private static readonly IReadOnlyList<Column> Metrics = [Column.Of("METRIC", "key"), Column.Count("LAST", "value"), Column.Count("STEP", "step"), Column.Time("AT", "timestamp")];

    public static Command Build()
    {
        var run = new Argument<string>("run") { Description = "Id of the run." };
        return Verb.Of("show", "Show one run with its params, tags and last metrics.", [run], async call =>
        {
            var found = (await call.Client.GetAsync(Query.Of($"{RunCommands.Mlflow}/runs/get", ("run_id", call.Get(run))), call.Ct)).GetProperty("run");
            call.Screen.Entry(found, Fields);
            if (call.Screen.Json)
                return;
            foreach (var (path, columns) in new[] { ("data.metrics", Metrics), ("data.params", Named("PARAM")), ("data.tags", Named("TAG")) })
            {
                if (!found.Items(path).Any())
                    continue;
                call.Screen.Verbatim("\n");
                call.Screen.Table(found.Items(path), columns);
            }
        });
    }

    private static IReadOnlyList<Column> Named(string heading) => [Column.Of(heading, "key"), Column.Of("VALUE", "value")];
}
