using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Grants;

/// <summary><c>plane grants list</c></summary>
internal static class ListGrants
{
    public static Command Build()
    {
        var subject = new Option<string?>("--subject") { Description = "Only of this member or group: user:, service: or group:NAME.", HelpName = "SUBJECT" };
        var where = new Option<string?>("--in") { Description = "Only those that were given for exactly this workspace or pattern.", HelpName = "WORKSPACE" };
        var listing = new Listing();
        return Verb.Of("list", "List grants, oldest first. Everybody may see their own with --subject.", [subject, where, .. listing.Options], call => listing.ShowAsync(
            call, Pages.Of(call.Client, Query.Of(GrantCommands.Path, ("subject", call.Get(subject)), ("workspace", call.Get(where)))), "grants", GrantCommands.Columns));
    }
}
