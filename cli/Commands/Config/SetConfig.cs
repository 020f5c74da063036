using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Config;

/// <summary><c>plane config set</c></summary>
internal static class SetConfig
{
    public static Command Build()
    {
        var setting = new Argument<string>("setting") { Description = "url or workspace. A key is stored by plane login." };
        setting.AcceptOnlyFromAmong("url", "workspace");
        var value = new Argument<string>("value") { Description = "Its value; for the workspace, empty for the server's default." };
        return Verb.Of("set", "Change the current profile, or the one that --profile names.", [setting, value], call =>
        {
            var profiles = call.File.Read();
            var name = TargetResolver.NameOf(call.Get(CommonOptions.Profile), profiles);
            profiles.Named.TryGetValue(name, out var profile);
            profile ??= new Profile(TargetResolver.DefaultUrl);
            profiles.Named[name] = call.Get(setting) == "workspace"
                ? profile with { Workspace = call.Get(value) is { Length: > 0 } workspace ? Target.CheckWorkspace(workspace) : null }
                : Moved(call, profile, call.Get(value));
            call.File.Write(profiles);
            call.Done($"Profile '{name}' is changed.", new JsonObject { ["profile"] = name, ["url"] = profiles.Named[name].Url, ["workspace"] = profiles.Named[name].Workspace });
            return Task.CompletedTask;
        });
    }

    private static Profile Moved(Call call, Profile profile, string url)
    {
        var (to, workspace) = Target.Parse(url, "url");
        var moved = profile with { Url = to.AbsoluteUri.TrimEnd('/'), Workspace = workspace ?? profile.Workspace };
        if (profile.Key is null || Target.SameServer(to, Target.Parse(profile.Url, "url").Url))
            return moved;
        call.Screen.Message("The key was made for the other server and is removed; plane login stores another one.");
        return moved with { Key = null, Insecure = false };
    }
}
