using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>A registered model with everything that an answer about it shows.</summary>
/// <param name="LatestVersions">The newest version of each stage, by number.</param>
internal sealed record ModelView(
    long ModelKey, string Name, string? Description, long CreatedAt, long UpdatedAt, IReadOnlyList<VersionView> LatestVersions,
    IReadOnlyList<KeyValuePair<string, string>> Tags, IReadOnlyList<KeyValuePair<string, int>> Aliases)
{
    public bool IsPrompt => Tags.Any(tag => tag.Key == TagRules.IsPrompt);
}
