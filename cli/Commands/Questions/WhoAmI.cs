using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Questions;

/// <summary><c>plane whoami</c></summary>
internal static class WhoAmI
{
    public const string Path = "api/v1/access/whoami";

    private static readonly IReadOnlyList<Column> Fields = [Column.Of("Subject", "subject"), Column.Of("Key", "keyId")];

    public static Command Build() => Verb.Of("whoami", "Whom the server takes you for.", [],
        async call => call.Screen.Entry(await call.Client.GetAsync(Path, call.Ct), Fields));
}
