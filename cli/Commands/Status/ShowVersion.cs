using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Status;

/// <summary><c>plane version</c></summary>
internal static class ShowVersion
{
    private static readonly IReadOnlyList<Column> Fields = [Column.Of("plane", "cli"), Column.Of("Server", "server"), Column.Of("Speaks MLflow", "mlflow")];

    public static Command Build() => Verb.Of("version", "Versions of this program and of the server.", [], async call =>
    {
        var versions = new JsonObject { ["cli"] = PlaneProgram.Version };
        try
        {
            versions["mlflow"] = (await Sighting.LookAsync(call.Client, call.Ct)).MlflowVersion;
            versions["server"] = await Sighting.VersionAsync(call.Client, call.Ct);
        }
        catch (CliException gone) when (gone.ExitCode == ExitCodes.Unreachable)
        {
            // This program's own version is an answer too.
            call.Screen.Message(gone.Message);
        }

        call.Screen.Entry(JsonElement.Parse(versions.ToJsonString()), Fields);
    });
}
