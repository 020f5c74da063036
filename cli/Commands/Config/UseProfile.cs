using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands.Config;

/// <summary><c>plane config use</c></summary>
internal static class UseProfile
{
    public static Command Build()
    {
        var name = new Argument<string>("profile") { Description = "Name of the profile." };
        return Verb.Of("use", "Make a profile the current one.", [name], call =>
        {
            var profiles = call.File.Read();
            ConfigCommands.Require(profiles, call.Get(name));
            call.File.Write(profiles with { Current = call.Get(name) });
            call.Done($"Profile '{call.Get(name)}' is the current one.", new JsonObject { ["current"] = call.Get(name) });
            return Task.CompletedTask;
        });
    }
}
