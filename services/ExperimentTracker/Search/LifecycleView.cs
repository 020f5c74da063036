using MlopsPlane.ExperimentTracker.Experiments;

namespace MlopsPlane.ExperimentTracker.Search;

internal static class LifecycleView
{
    /// <summary>The stage that a ViewType shows, active by default; null for every stage.</summary>
    public static string? StageOf(string? viewType) => viewType switch
    {
        "ALL" => null,
        "DELETED_ONLY" => Lifecycle.Deleted,
        _ => Lifecycle.Active,
    };
}
