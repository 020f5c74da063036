using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands.Members;

/// <summary><c>plane members update</c>, <c>plane service-accounts update</c></summary>
internal static class UpdateMember
{
    public static Command Build(MemberKind kind)
    {
        var name = kind.NameArgument();
        var description = new Option<string?>("--description") { Description = "Who or what it is.", HelpName = "TEXT" };
        var disable = new Option<bool>("--disable") { Description = "Shut out at once: no key and no token is good any more. Keys and grants stay." };
        var enable = new Option<bool>("--enable") { Description = "Let in again." };
        return Verb.Of("update", $"Change a {kind.Noun}, shut it out, or let it in again.", [name, description, disable, enable], async call =>
        {
            if (call.Get(disable) && call.Get(enable))
                throw CliException.Usage("Either --disable or --enable can be given, not both.");
            if (!call.Has(description) && !call.Get(disable) && !call.Get(enable))
                throw CliException.Usage("Nothing is to be changed: one of --description, --disable and --enable must be given.");
            var changed = await call.Client.SendAsync(HttpMethod.Patch, kind.PathOf(call.Get(name)), new JsonObject
            {
                ["description"] = call.Get(description), ["disabled"] = call.Get(disable) ? true : call.Get(enable) ? false : null,
            }, call.Ct);
            call.Done($"{kind.Prefix}{kind.NameOf(call.Get(name))} is {(call.Get(disable) ? "shut out" : call.Get(enable) ? "let in again" : "changed")}.", changed);
        });
    }
}
