using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Audit;

/// <summary><c>plane audit</c></summary>
internal static class ShowAudit
{
    private const string Path = "api/v1/access/audit";

    private static readonly IReadOnlyList<Column> Columns =
    [
        Column.Time("AT", "at"), Column.Of("ACTOR", "actor"), Column.Of("KEY", "keyId"), Column.Of("FROM", "address"), Column.Of("ACTION", "action"),
        Column.Of("TARGET", "target"), Column.Of("WORKSPACE", "workspace"), Column.Of("DETAILS", "details"),
    ];

    public static Command Build()
    {
        var actor = new Option<string?>("--actor") { Description = "Only what this member did.", HelpName = "SUBJECT" };
        var action = new Option<string?>("--action") { Description = "Only this action, such as keys.revoke.", HelpName = "ACTION" };
        var target = new Option<string?>("--target") { Description = "Only what was done to this.", HelpName = "TARGET" };
        var since = new Option<string?>("--since") { Description = "From this instant on: 2026-01-31T12:00:00Z, or a span before now such as 90m, 12h or 7d.", HelpName = "WHEN" };
        var until = new Option<string?>("--until") { Description = "Before this instant.", HelpName = "WHEN" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what happens from now on (or since --since), a line each, until Ctrl-C." };
        var listing = new Listing();
        return Verb.Of("audit", "Who changed what, when and from where; newest first.", [actor, action, target, since, until, follow, .. listing.Options], async call =>
        {
            string Asked(DateTimeOffset? from) => Query.Of(Path, ("actor", call.Get(actor)), ("action", call.Get(action)), ("target", call.Get(target)),
                ("since", from?.ToString("O")), ("until", Instant.Parse(call.Get(until), "--until", call.Clock)?.ToString("O")));
            var from = Instant.Parse(call.Get(since), "--since", call.Clock);
            if (!call.Get(follow))
                await listing.ShowAsync(call, Pages.Of(call.Client, Asked(from)), "entries", Columns);
            else if (call.Has(until))
                throw CliException.Usage("--follow has no end, so --until cannot be given with it.");
            else
                await FollowAudit.RunAsync(call, at => Pages.Of(call.Client, Asked(at)), from, Columns);
        });
    }
}
