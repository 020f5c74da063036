using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>One request and everything that answers it; <see cref="InferenceCalls"/> begins and ends it.</summary>
/// <param name="Version">Leased until the call ends.</param>
/// <param name="BeganAt">Timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</param>
internal readonly record struct InferenceCall(
    ServedDeployment Deployment, ServedVariant Variant, ServedVersion Version, InferenceItem Item, long BeganAt);
