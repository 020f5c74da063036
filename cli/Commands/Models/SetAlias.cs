using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Models;

/// <summary><c>plane models alias set</c></summary>
internal static class SetAlias
{
    public static Command Build()
    {
        var alias = ModelCommands.ModelArgument("The alias: name@alias.");
        var version = new Argument<string>("version") { Description = "Where it is to point: 3, name/3, or name@other for where another alias points." };
        var expect = new Option<int?>("--expect") { Description = "Only if it points to this version now; 0 if it must not exist yet.", HelpName = "VERSION" };
        var reason = new Option<string?>("--reason") { Description = "Why; the history keeps it.", HelpName = "TEXT" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        return Verb.Of("set", "Point an alias at a version.", [alias, version, expect, reason, dryRun], async call =>
        {
            var reference = ModelReference.ParseAlias(call.Get(alias));
            var to = await VersionAsync(call, reference.Name, call.Get(version));
            if (call.Get(dryRun))
            {
                await ModelCommands.VersionAsync(call.Client, new ModelReference(reference.Name, to, null), call.Ct);
                var from = (await ModelCommands.ModelAsync(call.Client, reference.Name, call.Ct)).Items("aliases")
                    .FirstOrDefault(entry => entry.Text("alias") == reference.Alias).Text("version");
                call.Done($"This would move {call.Get(alias)} from {from ?? "nothing"} to version {to}.",
                    new JsonObject { ["dryRun"] = true, ["model"] = reference.Name, ["alias"] = reference.Alias, ["version"] = to, ["previousVersion"] = from is null ? null : int.Parse(from, CultureInfo.InvariantCulture) });
                return;
            }

            var moved = await call.Client.SendAsync(HttpMethod.Put, $"{ModelCommands.Registry}/{Query.Part(reference.Name)}/aliases/{Query.Part(reference.Alias!)}",
                new JsonObject { ["version"] = to, ["expectedVersion"] = call.Get(expect), ["reason"] = call.Get(reason) }, call.Ct);
            call.Done($"{reference.Name}@{reference.Alias} points to version {moved.Text("version")}; before, to {moved.Text("previousVersion") ?? "nothing"}.", moved);
        });
    }

    private static async Task<int> VersionAsync(Call call, string model, string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            return number;
        var reference = ModelReference.Parse(text);
        if (reference is { Version: null, Alias: null })
            throw CliException.Usage($"'{text}' names no version.", "Write 3, name/3, or name@other.");
        if (reference.Name != model)
            throw CliException.Usage($"'{text}' is a version of another model than '{model}'.");
        return reference.Version ?? (int)(await ModelCommands.VersionAsync(call.Client, reference, call.Ct)).Number("version")!.Value;
    }
}
