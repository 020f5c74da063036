using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Questions;

internal static class RuleColumns
{
    public static IReadOnlyList<Column> Of { get; } =
        [Column.Of("EFFECT", "effect"), Column.Of("VERBS", "verbs"), Column.Of("WORKSPACE", "workspace"), Column.Of("KIND", "kind"), Column.Of("NAMES", "name"), Column.Of("BY", "via")];
}
