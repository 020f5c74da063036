using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Keys;

/// <summary><c>plane keys list</c></summary>
internal static class ListKeys
{
    public static Command Build()
    {
        var owner = new Option<string?>("--owner") { Description = "Only keys of this member: user:NAME or service:NAME.", HelpName = "SUBJECT" };
        var revoked = new Option<bool>("--revoked") { Description = "Revoked keys too." };
        var listing = new Listing();
        return Verb.Of("list", "List keys, oldest first.", [owner, revoked, .. listing.Options], call => listing.ShowAsync(
            call, Pages.Of(call.Client, Query.Of(KeyCommands.Path, ("owner", call.Get(owner)), ("revoked", call.Get(revoked) ? "true" : null))),
            "keys", KeyCommands.Columns));
    }
}
