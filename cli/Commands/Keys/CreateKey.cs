using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Keys;

/// <summary><c>plane keys create</c></summary>
internal static class CreateKey
{
    public static Command Build()
    {
        var owner = new Option<string?>("--owner") { Description = "Whose key it is: user:NAME or service:NAME; yours when absent.", HelpName = "SUBJECT" };
        var description = new Option<string?>("--description") { Description = "What it is for.", HelpName = "TEXT" };
        var days = new Option<int?>("--expires-in-days") { Description = "Days until it ends; without an end when absent.", HelpName = "DAYS" };
        return Verb.Of("create", "Make a key and show it, once.", [owner, description, days], async call =>
        {
            var made = await call.Client.PostAsync(KeyCommands.Path, new System.Text.Json.Nodes.JsonObject
            {
                ["owner"] = call.Get(owner), ["description"] = call.Get(description), ["expiresInDays"] = call.Get(days),
            }, call.Ct);
            if (!call.Screen.Json)
                call.Screen.Message($"Key {made.Text("details.id")} of {made.Text("details.owner")}; it is shown only now:");
            // Alone on standard output, so that a script can keep it.
            call.Done(made.Text("key") ?? "", made);
        });
    }
}
