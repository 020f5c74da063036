using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>The stages of a version.</summary>
internal static class Stage
{
    public const string None = "None";
    public const string Staging = "Staging";
    public const string Production = "Production";
    public const string Archived = "Archived";

    /// <summary>Internal: the version was deleted.</summary>
    public const string Deleted = "Deleted_Internal";

    /// <summary>Every stage that a client can name, in MLflow's order.</summary>
    public static readonly string[] All = [None, Staging, Production, Archived];

    /// <summary>The canonical spelling of a stage named in any case.</summary>
    public static string Canonical(string stage)
    {
        foreach (var known in All)
        {
            if (string.Equals(known, stage, StringComparison.OrdinalIgnoreCase))
                return known;
        }

        throw MlflowErrors.Invalid($"Invalid Model Version stage: {stage}. Value must be one of {string.Join(", ", All)}.");
    }

    /// <summary>Whether one version at a time is meant to hold the stage, so that others can be archived for it.</summary>
    public static bool IsActive(string stage) => stage is Staging or Production;
}
