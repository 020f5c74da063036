using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>What the fields of imported things may hold.</summary>
internal static class ImportRules
{
    private const int MaxTags = 5000;

    /// <summary>The lifecycle stage; <c>active</c> when none is named.</summary>
    public static string Stage(string? stage) => stage switch
    {
        null or Lifecycle.Active => Lifecycle.Active,
        Lifecycle.Deleted => Lifecycle.Deleted,
        _ => throw PlaneError.Invalid("invalid_stage", "'lifecycleStage' must be 'active' or 'deleted'.").ToException(),
    };

    /// <param name="field">The time's field, for the message.</param>
    public static long Time(long milliseconds, string field) => milliseconds >= 0
        ? milliseconds
        : throw PlaneError.Invalid("invalid_time", $"'{field}' must be milliseconds since 1970, not negative.").ToException();

    /// <summary>The tags without that of the origin, which is the importer's own.</summary>
    /// <param name="rule">Judges one tag and says how it is stored.</param>
    public static SortedDictionary<string, string> Tags(
        IReadOnlyDictionary<string, string>? tags, Func<string, string, KeyValuePair<string, string>> rule)
    {
        if (tags?.Count > MaxTags)
            throw PlaneError.Invalid("too_many_tags", $"'tags' may hold at most {MaxTags} tags.").ToException();
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags ?? new Dictionary<string, string>())
        {
            var stored = rule(key, value ?? "");
            if (stored.Key != ImportOrigin.Tag)
                kept[stored.Key] = stored.Value;
        }

        return kept;
    }
}
