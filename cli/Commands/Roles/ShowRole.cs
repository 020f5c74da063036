using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Roles;

/// <summary><c>plane roles show</c></summary>
internal static class ShowRole
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "Name of the role." };
        return Verb.Of("show", "Show one role.", [name],
            async call => call.Screen.Entry(await RoleCommands.FindAsync(call.Client, call.Get(name), call.Ct), RoleCommands.Columns));
    }
}
