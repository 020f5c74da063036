using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>Loading and unloading by the protocol's repository extension.</summary>
internal static class RepositoryControl
{
    /// <summary>What is loaded is what is deployed, on every replica; so it is changed where deployments are.</summary>
    public static PlaneException Refusal() => new PlaneError(
        StatusCodes.Status501NotImplemented, "not_implemented",
        "Models are not loaded and unloaded one by one here: deploy them with POST /api/v1/serving/deployments, remove them with DELETE.").ToException();
}
