using System.Text.Json.Serialization;

namespace MlopsPlane.Cli.Settings;

/// <summary>One plane that its user talks to.</summary>
/// <param name="Url">Its address, without a workspace.</param>
/// <param name="Workspace">The workspace to work in; null for the server's default.</param>
/// <param name="Key">The key that is shown to this address and to no other.</param>
/// <param name="Insecure">The key may travel unencrypted.</param>
internal sealed record Profile(string Url, string? Workspace = null, string? Key = null, bool Insecure = false);

/// <summary>Everything that is kept in the user's home.</summary>
/// <param name="Current">The profile that is used when none is named.</param>
internal sealed record Profiles(string Current, SortedDictionary<string, Profile> Named)
{
    public const string DefaultName = "default";

    public static Profiles None => new(DefaultName, new SortedDictionary<string, Profile>(StringComparer.Ordinal));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Profiles))]
internal sealed partial class ProfileJson : JsonSerializerContext;
