using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>The Open Inference Protocol v2 over HTTP, with Triton's extensions.</summary>
internal static class OpenInferenceEndpoints
{
    private static readonly AccessPolicy Inferring = AccessPolicy.Infer(ResourceKind.Deployment) with { NameIn = "model" };

    public static void Map(IEndpointRouteBuilder routes, long maxBodyBytes)
    {
        var v2 = routes.MapGroup("/v2").WithTags("inference");
        foreach (var (path, suffix) in new[] { ("/models/{model}", ""), ("/models/{model}/versions/{version}", "OfVersion") })
        {
            v2.MapPost(path + "/infer", Infer.HandleAsync).WithName($"inference.Infer{suffix}").Requires(Inferring)
                .WithMetadata(new BodyLimit(maxBodyBytes)).Accepts<object>("application/json").ExcludeFromDescription();
        }
    }

    private sealed record BodyLimit(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;
}
