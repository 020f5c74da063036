using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Members;

/// <summary><c>plane members remove</c>, <c>plane service-accounts remove</c></summary>
internal static class RemoveMember
{
    public static Command Build(MemberKind kind)
    {
        var name = kind.NameArgument();
        var confirmation = new Confirmation();
        return Verb.Of("remove", $"Remove a {kind.Noun} with its keys and grants.", [name, .. confirmation.Options], async call =>
        {
            var found = await call.Client.GetAsync(kind.PathOf(call.Get(name)), call.Ct);
            if (!await confirmation.AskAsync(call, $"remove {found.Text("subject")} with all its keys and grants"))
                return;
            await call.Client.SendAsync(HttpMethod.Delete, kind.PathOf(call.Get(name)), null, call.Ct);
            call.Done($"{found.Text("subject")} is removed.", new JsonObject { ["removed"] = found.Text("subject") });
        });
    }
}
