using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Config;

/// <summary><c>plane logout</c></summary>
internal static class Logout
{
    public static Command Build()
    {
        var forget = new Option<bool>("--forget") { Description = "Remove the whole profile, not its key alone." };
        return Verb.Of("logout", "Remove the key from a profile. The key itself stays good: plane keys revoke ends it.", [forget], call =>
        {
            var profiles = call.File.Read();
            var name = TargetResolver.NameOf(call.Get(CommonOptions.Profile), profiles);
            var profile = ConfigCommands.Require(profiles, name);
            if (call.Get(forget))
                profiles.Named.Remove(name);
            else
                profiles.Named[name] = profile with { Key = null, Insecure = false };
            call.File.Write(profiles);
            call.Done($"Profile '{name}' {(call.Get(forget) ? "is removed" : "holds no key any more")}.", new JsonObject { ["profile"] = name, ["removed"] = call.Get(forget) ? "profile" : "key" });
            return Task.CompletedTask;
        });
    }
}
