using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Config;

/// <summary><c>plane login</c></summary>
internal static class Login
{
    public static Command Build()
    {
        var input = new KeyInput();
        return Verb.Of("login", "Store an address, a workspace and a key as a profile, after trying them. The key is asked for, or read from a file.", input.Options, async call =>
        {
            var profiles = call.File.Read();
            var name = TargetResolver.NameOf(call.Get(CommonOptions.Profile), profiles);
            profiles.Named.TryGetValue(name, out var known);
            var (text, from) = call.Get(CommonOptions.Url) is { } given ? (given, "--url")
                : TargetResolver.AddressOfEnvironment() ?? (known is null ? (TargetResolver.DefaultUrl, "the default") : (known.Url, $"profile '{name}'"));
            var (url, inAddress) = Target.Parse(text, from);
            var insecure = call.Get(CommonOptions.Insecure);
            var workspace = Target.CheckWorkspace(call.Get(CommonOptions.Workspace) ?? inAddress ?? (known is not null && Target.Parse(known.Url, from).Url == url ? known.Workspace : null));
            var key = input.Read(call, url);
            var target = new Target(url, workspace, key, from, null, insecure);
            var subject = await TryAsync(call, target, required: key is not null);
            if (subject is null)
            {
                Target.RequireSafe(url, insecure);
                target = target with { Key = await KeyInput.PromptAsync(call) };
                subject = await TryAsync(call, target, required: true);
            }

            profiles.Named[name] = new Profile(target.Address, workspace, target.Key, insecure && target.Key is not null && !Target.IsLoopback(url) && url.Scheme == "http");
            call.File.Write(profiles with { Current = name });
            call.Done($"Profile '{name}' is stored in {call.File.Path}: {target.Address} as {subject}{(workspace is null ? "" : $", workspace '{workspace}'")}.",
                new JsonObject { ["profile"] = name, ["url"] = target.Address, ["subject"] = subject, ["workspace"] = workspace });
        });
    }

    /// <summary>Whom the server takes the caller for; null when it asks for a key that was not given.</summary>
    /// <param name="required">Whether it is an error when it refuses.</param>
    /// <exception cref="CliException">It does not answer, is no plane, or refuses the key.</exception>
    private static async Task<string?> TryAsync(Call call, Target target, bool required)
    {
        if (target.Key is not null)
            Target.RequireSafe(target.Url, target.Insecure);
        using var client = new PlaneClient(target, call.Timeout, call.Clock);
        var seen = await Sighting.LookAsync(client, call.Ct);
        switch (seen.Kind)
        {
            case ServerKind.Other:
                throw new CliException(ExitCodes.Failed, "not_a_plane", $"{target.Address} is not the address of a plane.", $"plane doctor --url {Shell.Quote(target.Address)} says what is there.");
            case ServerKind.Mlflow:
                call.Screen.Message("This is a tracking server of MLflow and no plane: only models, runs and experiments will work.");
                return "whoever it takes you for";
        }

        if (seen.Subject is { } subject)
            return subject;
        if (seen.WhoAmI.Status == HttpStatusCode.Unauthorized && !required)
            return null;
        throw ErrorReader.ToException(ErrorReader.Read(seen.WhoAmI.Status, null, System.Text.Encoding.UTF8.GetBytes(seen.WhoAmI.Body)), keyShown: target.Key is not null);
    }
}
