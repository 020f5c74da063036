using System.CommandLine;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Config;

internal static class ConfigCommands
{
    public static IEnumerable<Command> Build() =>
    [
        Login.Build(), Logout.Build(),
        Verb.Group("config", "The profiles in your home: PLANE_CONFIG, else plane/config.json in XDG_CONFIG_HOME or ~/.config.", ShowConfig.Build(), SetConfig.Build(), UseProfile.Build()),
    ];

    /// <exception cref="CliException">There is no such profile.</exception>
    public static Profile Require(Profiles profiles, string name) => profiles.Named.TryGetValue(name, out var profile)
        ? profile
        : throw CliException.Usage($"There is no profile '{name}'.", profiles.Named.Count == 0 ? "plane login makes one." : $"There are: {string.Join(", ", profiles.Named.Keys)}.");

    /// <summary>As much of a key as everybody may see: the product's keys have a prefix for that, other tokens have not.</summary>
    public static string? Shown(string? key) => key is null ? null : Target.LooksLikeKey(key) ? key[..Target.KeyPrefix] + "…" : "set";
}
