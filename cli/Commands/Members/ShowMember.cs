using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Members;

/// <summary><c>plane members show</c>, <c>plane service-accounts show</c></summary>
internal static class ShowMember
{
    public static Command Build(MemberKind kind)
    {
        var name = kind.NameArgument();
        return Verb.Of("show", $"Show one {kind.Noun}.", [name],
            async call => call.Screen.Entry(await call.Client.GetAsync(kind.PathOf(call.Get(name)), call.Ct), MemberCommands.Columns));
    }
}
