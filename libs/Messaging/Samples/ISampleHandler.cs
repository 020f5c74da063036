using MlopsPlane.Contracts.InferenceGateway.V1;

namespace MlopsPlane.Messaging.Samples;

/// <summary>A module that looks at samples. What it fails at is lost.</summary>
public interface ISampleHandler
{
    Task HandleAsync(IReadOnlyList<InferenceSample> samples, CancellationToken ct);
}
