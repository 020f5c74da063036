using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary>The artifact proxy, and the artifacts of runs and logged models.</summary>
internal static class ArtifactEndpoints
{
    public static IServiceCollection AddArtifacts(this IServiceCollection services)
    {
        services.AddArtifactStore();
        services.AddScoped<ArtifactRoots>();
        return services;
    }

    public static void MapArtifactEndpoints(this IEndpointRouteBuilder routes)
    {
        MapProxy(routes, "/api/2.0/mlflow-artifacts", "");
        MapProxy(routes, "/ajax-api/2.0/mlflow-artifacts", ".Ajax");
        routes.MapMlflow(["GET"], "/artifacts/list", "tracker.ListRunArtifacts", ListRunArtifacts.Handle);
        routes.MapMlflow(["GET"], "/logged-models/{modelId}/artifacts/directories", "tracker.ListLoggedModelArtifacts", ListLoggedModelArtifacts.Handle);
        routes.MapMethods("/ajax-api/2.0/mlflow/logged-models/{modelId}/artifacts/files", ["GET", "HEAD"], GetLoggedModelArtifact.Handle)
            .WithName("tracker.GetLoggedModelArtifact");
        routes.MapPost("/ajax-api/2.0/mlflow/upload-artifact", UploadRunArtifact.Handle).WithName("tracker.UploadRunArtifact");
        routes.MapMethods("/get-artifact", ["GET", "HEAD"], GetRunArtifact.Handle).WithName("tracker.GetRunArtifact");
    }

    private static void MapProxy(IEndpointRouteBuilder routes, string prefix, string suffix)
    {
        var proxy = routes.MapGroup(prefix).AddEndpointFilter(RequireWorkspaceAsync);
        proxy.MapGet("/artifacts", ListArtifacts.Handle).WithName($"tracker.ListArtifacts{suffix}");
        proxy.MapMethods("/artifacts/{**path}", ["GET", "HEAD"], DownloadArtifact.Handle).WithName($"tracker.DownloadArtifact{suffix}");
        proxy.MapPut("/artifacts/{**path}", UploadArtifact.Handle).WithName($"tracker.UploadArtifact{suffix}");
        proxy.MapDelete("/artifacts/{**path}", DeleteArtifact.Handle).WithName($"tracker.DeleteArtifact{suffix}");
        proxy.MapPost("/mpu/create/{**path}", CreateMultipartUpload.Handle).WithName($"tracker.CreateMultipartUpload{suffix}");
        proxy.MapPost("/mpu/complete/{**path}", CompleteMultipartUpload.Handle).WithName($"tracker.CompleteMultipartUpload{suffix}");
        proxy.MapPost("/mpu/abort/{**path}", AbortMultipartUpload.Handle).WithName($"tracker.AbortMultipartUpload{suffix}");
        proxy.MapGet("/presigned/{**path}", PresignDownload.Handle).WithName($"tracker.PresignDownload{suffix}");
    }

    /// <summary>Nothing is stored for or read from a workspace that does not exist.</summary>
    private static async ValueTask<object?> RequireWorkspaceAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        await call.HttpContext.RequestServices.GetRequiredService<WorkspaceProjection<TrackerDb>>().ResolveAsync(call.HttpContext);
        return await next(call);
    }
}
