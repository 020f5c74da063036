using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Roles;

/// <summary><c>plane roles list</c></summary>
internal static class ListRoles
{
    public static Command Build()
    {
        var listing = new Listing();
        return Verb.Of("list", "List roles, those that come with the product first.", listing.Options,
            call => listing.ShowAsync(call, Pages.Of(call.Client, RoleCommands.Path), "roles", RoleCommands.Columns));
    }
}
