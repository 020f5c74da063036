using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Artifacts;

/// <summary>What a client is told when a store cannot do what it should.</summary>
internal static class ArtifactErrors
{
    /// <summary>507 is not among the statuses that MLflow's client repeats: a full disk does not empty itself.</summary>
    public static PlaneException Full(ArtifactPath path, Exception cause) =>
        new PlaneError(507, "RESOURCE_EXHAUSTED", $"The artifact store is full; nothing was stored as '{path}'.").ToException(cause);

    public static PlaneException Occupied(ArtifactPath path, Exception? cause = null) =>
        PlaneError.Invalid("INVALID_PARAMETER_VALUE", $"'{path}' cannot be stored: a folder has that name, or a file stands where it needs a folder.")
            .ToException(cause);

    public static PlaneException Away(string why, Exception cause) =>
        PlaneError.Unavailable("TEMPORARILY_UNAVAILABLE", $"The artifact store does not answer: {why}").ToException(cause);
}
