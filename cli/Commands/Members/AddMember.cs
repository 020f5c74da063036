using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands.Members;

/// <summary><c>plane members add</c>, <c>plane service-accounts add</c></summary>
internal static class AddMember
{
    public static Command Build(MemberKind kind)
    {
        var name = kind.NameArgument();
        var description = new Option<string?>("--description") { Description = "Who or what it is.", HelpName = "TEXT" };
        return Verb.Of("add", $"Add a {kind.Noun}, which may do nothing yet.", [name, description], async call =>
        {
            var plain = kind.NameOf(call.Get(name));
            var made = await call.Client.PostAsync(kind.Path, new JsonObject { ["name"] = plain, ["description"] = call.Get(description) }, call.Ct);
            call.Done($"{kind.Prefix}{plain} is added; plane grants add lets it do something.", made);
        });
    }
}
