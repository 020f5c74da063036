using Microsoft.AspNetCore.Http.Metadata;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>Largest body of an endpoint that takes requests of models, in bytes.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
