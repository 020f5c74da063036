using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>The Open Inference Protocol v2 over HTTP, with Triton's extensions.</summary>
internal static class OpenInferenceEndpoints
{
    private static readonly AccessPolicy Inferring = AccessPolicy.Infer(ResourceKind.Deployment) with { NameIn = "model" };
    private static readonly AccessPolicy Listing = AccessPolicy.Infer(ResourceKind.Deployment) with { HandlerFilters = true };

    public static void Map(IEndpointRouteBuilder routes, long maxBodyBytes)
    {
        var infer = Infer.Handler(routes.ServiceProvider);
        var v2 = routes.MapGroup("/v2").WithTags("inference");
        v2.MapGet("", Server.Metadata).WithName("inference.ServerMetadata").Requires(AccessPolicy.Anyone);
        v2.MapGet("/health/live", Server.Live).WithName("inference.ServerLive").Requires(AccessPolicy.Public);
        v2.MapGet("/health/ready", Server.Ready).WithName("inference.ServerReady").Requires(AccessPolicy.Public).Produces<Server.ReadyResponse>(503);
        v2.MapGet("/models", Models.List).WithName("inference.ListModels").Requires(Listing);
        v2.MapGet("/models/stats", Models.AllStatistics).WithName("inference.ListStatistics").Requires(Listing);
        v2.MapPost("/repository/index", RepositoryIndex.HandleAsync).WithName("inference.RepositoryIndex").Requires(Listing);
        RepositoryControl.Map(v2);
        SharedMemoryEndpoints.Map(v2);
        Settings.Map(v2);
        foreach (var (path, suffix) in new[] { ("/models/{model}", ""), ("/models/{model}/versions/{version}", "OfVersion") })
        {
            var model = v2.MapGroup(path).Requires(Inferring);
            model.MapGet("", Models.Metadata).WithName($"inference.ModelMetadata{suffix}").AnsweredWhereHeld("model", loads: true).ProducesProblem(404);
            model.MapGet("/ready", Models.Ready).WithName($"inference.ModelReady{suffix}").AnsweredWhereHeld("model", loads: false).Produces<Models.ReadyResponse>(503);
            model.MapGet("/config", Models.Config).WithName($"inference.ModelConfig{suffix}").AnsweredWhereHeld("model", loads: true).ProducesProblem(404);
            model.MapGet("/stats", Models.Statistics).WithName($"inference.ModelStatistics{suffix}").AnsweredWhereHeld("model", loads: false).ProducesProblem(404);
            model.MapPost("/infer", infer).WithName($"inference.Infer{suffix}").AnsweredWhereHeld("model", loads: true).WithMetadata(new BodyLimit(maxBodyBytes)).ExcludeFromDescription();
            foreach (var (verb, name) in new[] { ("generate", "Generate"), ("generate_stream", "GenerateStream") })
                model.MapPost("/" + verb, NoGeneration).WithName($"inference.{name}{suffix}").ExcludeFromDescription();
        }
    }

    /// <summary>Text generation needs a scheduler of steps, which is not here yet.</summary>
    private static void NoGeneration() =>
        throw new PlaneError(StatusCodes.Status501NotImplemented, "not_implemented", "Text generation is not served here yet; use 'infer'.").ToException();
}
