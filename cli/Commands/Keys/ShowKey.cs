using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Keys;

/// <summary><c>plane keys show</c></summary>
internal static class ShowKey
{
    public static Command Build()
    {
        var key = KeyCommands.KeyArgument();
        return Verb.Of("show", "Show one key, without the key itself.", [key], async call =>
            call.Screen.Entry(await KeyCommands.FindAsync(call.Client, call.Get(key), call.Ct), KeyCommands.Columns));
    }
}
