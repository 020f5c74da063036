using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Roles;

/// <summary><c>plane roles delete</c></summary>
internal static class DeleteRole
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "Name of the role." };
        var confirmation = new Confirmation();
        return Verb.Of("delete", "Delete a role.", [name, .. confirmation.Options], async call =>
        {
            await RoleCommands.FindAsync(call.Client, call.Get(name), call.Ct);
            if (!await confirmation.AskAsync(call, $"delete role '{call.Get(name)}'"))
                return;
            await call.Client.SendAsync(HttpMethod.Delete, $"{RoleCommands.Path}/{Query.Part(call.Get(name))}", null, call.Ct);
            call.Done($"Role '{call.Get(name)}' is deleted.", new JsonObject { ["deleted"] = call.Get(name) });
        });
    }
}
