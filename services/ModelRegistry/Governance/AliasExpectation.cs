using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>Compares where an alias points with where the caller believes it to point.</summary>
internal static class AliasExpectation
{
    /// <exception cref="PlaneException">409: it points elsewhere.</exception>
    public static void Check(string alias, int? expected, int? actual)
    {
        if (expected is not { } version || version == (actual ?? 0))
            return;
        var (state, expectation) = (actual is { } now ? $"points to version {now}" : "does not exist", version == 0 ? "not to exist" : $"to point to version {version}");
        throw PlaneError.Conflict("alias_moved", $"The alias '{alias}' {state}; the caller expected it {expectation}.").ToException();
    }
}
