using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Grants;

/// <summary><c>plane grants remove</c></summary>
internal static class RemoveGrant
{
    public static Command Build()
    {
        var id = new Argument<string>("id") { Description = "Id of the grant." };
        var confirmation = new Confirmation();
        return Verb.Of("remove", "Take a grant back; everywhere within two seconds.", [id, .. confirmation.Options], async call =>
        {
            if (!await confirmation.AskAsync(call, $"take back grant {call.Get(id)}"))
                return;
            await call.Client.SendAsync(HttpMethod.Delete, $"{GrantCommands.Path}/{Query.Part(call.Get(id))}", null, call.Ct);
            call.Done($"Grant {call.Get(id)} is taken back.", new JsonObject { ["removed"] = call.Get(id) });
        });
    }
}
