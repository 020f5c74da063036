using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Experiments;

internal static class ExperimentCommands
{
    public const string Mlflow = "api/2.0/mlflow";

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("ID", "experiment_id"), Column.Of("NAME", "name"), Column.Of("STATE", "lifecycle_stage"), Column.Time("CREATED", "creation_time"),
        Column.Time("CHANGED", "last_update_time"), Column.Of("ARTIFACTS", "artifact_location"),
    ];

    public static Command Build() => Verb.Group("experiments", "Experiments, which hold runs.", ListExperiments.Build(), ShowExperiment.Build());

    /// <summary>The experiment of a name, else of an id.</summary>
    /// <exception cref="CliException">There is neither.</exception>
    public static async Task<JsonElement> FindAsync(PlaneClient client, string experiment, CancellationToken ct)
    {
        try
        {
            return (await client.GetAsync(Query.Of($"{Mlflow}/experiments/get-by-name", ("experiment_name", experiment)), ct)).GetProperty("experiment");
        }
        catch (CliException missing) when (missing.Code == "RESOURCE_DOES_NOT_EXIST" && experiment.All(char.IsAsciiLetterOrDigit))
        {
            return (await client.GetAsync(Query.Of($"{Mlflow}/experiments/get", ("experiment_id", experiment)), ct)).GetProperty("experiment");
        }
    }
}
