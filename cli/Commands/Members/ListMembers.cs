using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Members;

/// <summary><c>plane members list</c>, <c>plane service-accounts list</c></summary>
internal static class ListMembers
{
    public static Command Build(MemberKind kind)
    {
        var listing = new Listing();
        return Verb.Of("list", $"List every {kind.Noun}.", listing.Options,
            call => listing.ShowAsync(call, Pages.Of(call.Client, kind.Path), "members", MemberCommands.Columns));
    }
}
