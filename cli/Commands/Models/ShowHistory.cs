using System.CommandLine;
using System.Globalization;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Models;

/// <summary><c>plane models history</c></summary>
internal static class ShowHistory
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        Column.Time("AT", "occurredAt"), Column.Of("KIND", "kind"), new("WHAT", entry => entry.Text("alias") ?? entry.Text("version")), Column.Of("FROM", "from"),
        Column.Of("TO", "to"), Column.Of("ACTOR", "actor"), Column.Of("REASON", "reason"),
    ];

    public static Command Build()
    {
        var model = ModelCommands.ModelArgument("name, name/3 or name@alias.");
        var kind = new Option<string?>("--kind") { Description = "Only moves of aliases, or of stages." };
        kind.AcceptOnlyFromAmong("alias", "stage");
        var listing = new Listing();
        return Verb.Of("history", "Who moved which alias or stage, when, from what, to what and why; newest first.", [model, kind, .. listing.Options], call =>
        {
            var reference = ModelReference.Parse(call.Get(model));
            var path = Query.Of($"{ModelCommands.Registry}/{Query.Part(reference.Name)}/history", ("kind", call.Get(kind)), ("alias", reference.Alias),
                ("version", reference.Version?.ToString(CultureInfo.InvariantCulture)));
            return listing.ShowAsync(call, Pages.Of(call.Client, path), "entries", Columns);
        });
    }
}
