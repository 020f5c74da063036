using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Import;

internal static class ImportCommands
{
    public static Command Build() => Verb.Group("import", "Bring over what another server holds.", ImportMlflow.Build());
}
