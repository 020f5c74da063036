using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Keys;

/// <summary><c>plane keys revoke</c></summary>
internal static class RevokeKey
{
    public static Command Build()
    {
        var key = KeyCommands.KeyArgument();
        var confirmation = new Confirmation();
        return Verb.Of("revoke", "End a key for ever; it is refused everywhere within two seconds.", [key, .. confirmation.Options], async call =>
        {
            var found = await KeyCommands.FindAsync(call.Client, call.Get(key), call.Ct);
            if (!await confirmation.AskAsync(call, $"revoke key {found.Text("id")} ({found.Text("prefix")}) of {found.Text("owner")}"))
                return;
            var revoked = await call.Client.SendAsync(HttpMethod.Delete, $"{KeyCommands.Path}/{Query.Part(found.Text("id")!)}", null, call.Ct);
            call.Done($"Key {revoked.Text("id")} is revoked.", revoked);
        });
    }
}
