using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Models;

/// <summary><c>plane models alias remove</c></summary>
internal static class RemoveAlias
{
    public static Command Build()
    {
        var alias = ModelCommands.ModelArgument("The alias: name@alias.");
        var expect = new Option<int?>("--expect") { Description = "Only if it points to this version now.", HelpName = "VERSION" };
        var reason = new Option<string?>("--reason") { Description = "Why; the history keeps it.", HelpName = "TEXT" };
        var confirmation = new Confirmation();
        return Verb.Of("remove", "Remove an alias; its versions stay.", [alias, expect, reason, .. confirmation.Options], async call =>
        {
            var reference = ModelReference.ParseAlias(call.Get(alias));
            // Removing what is not there is no error to the server, but a slip of the pen to its caller.
            await ModelCommands.VersionAsync(call.Client, reference, call.Ct);
            if (!await confirmation.AskAsync(call, $"remove the alias {reference.Name}@{reference.Alias}"))
                return;
            await call.Client.SendAsync(HttpMethod.Delete, Query.Of(
                $"{ModelCommands.Registry}/{Query.Part(reference.Name)}/aliases/{Query.Part(reference.Alias!)}",
                ("expectedVersion", call.Get(expect)?.ToString(CultureInfo.InvariantCulture)), ("reason", call.Get(reason))), null, call.Ct);
            call.Done($"{reference.Name}@{reference.Alias} is removed.", new JsonObject { ["model"] = reference.Name, ["removed"] = reference.Alias });
        });
    }
}
