using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow;
using MlopsPlane.Mlflow.OpenApi;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Identity;

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
        routes.MapMlflow(["GET"], "/artifacts/list", "tracker.ListRunArtifacts", ExperimentPolicies.Read, ListRunArtifacts.Handle, schema: ListRunArtifacts.Schema);
        routes.MapMlflow(["GET"], "/logged-models/{modelId}/artifacts/directories", "tracker.ListLoggedModelArtifacts", ExperimentPolicies.Read, ListLoggedModelArtifacts.Handle, schema: ListLoggedModelArtifacts.Schema);
        routes.MapMethods("/ajax-api/2.0/mlflow/logged-models/{modelId}/artifacts/files", ["GET", "HEAD"], GetLoggedModelArtifact.Handle)
            .WithName("tracker.GetLoggedModelArtifact").Requires(ExperimentPolicies.Read).AsMlflow("artifacts");
        routes.MapPost("/ajax-api/2.0/mlflow/upload-artifact", UploadRunArtifact.Handle).WithName("tracker.UploadRunArtifact").Requires(ExperimentPolicies.Write).AsMlflow("artifacts");
        routes.MapMethods("/get-artifact", ["GET", "HEAD"], GetRunArtifact.Handle).WithName("tracker.GetRunArtifact").Requires(ExperimentPolicies.Read).AsMlflow("artifacts");
    }

    private static void MapProxy(IEndpointRouteBuilder routes, string prefix, string suffix)
    {
        var proxy = routes.MapGroup(prefix).AddEndpointFilter(RequireWorkspaceAsync);
        if (suffix.Length > 0)
            proxy.ExcludeFromDescription();
        proxy.MapGet("/artifacts", ListArtifacts.Handle).WithName($"tracker.ListArtifacts{suffix}").Requires(ExperimentPolicies.Read).AsMlflow("artifacts", ListArtifacts.Schema);
        proxy.MapMethods("/artifacts/{**path}", ["GET", "HEAD"], DownloadArtifact.Handle).WithName($"tracker.DownloadArtifact{suffix}").Requires(ExperimentPolicies.Read).AsMlflow("artifacts");
        proxy.MapPut("/artifacts/{**path}", UploadArtifact.Handle).WithName($"tracker.UploadArtifact{suffix}").Requires(ExperimentPolicies.Write).AsMlflow("artifacts");
        proxy.MapDelete("/artifacts/{**path}", DeleteArtifact.Handle).WithName($"tracker.DeleteArtifact{suffix}").Requires(ExperimentPolicies.Write).AsMlflow("artifacts");
        proxy.MapPost("/mpu/create/{**path}", CreateMultipartUpload.Handle).WithName($"tracker.CreateMultipartUpload{suffix}").Requires(ExperimentPolicies.Write).AsMlflow("artifacts", CreateMultipartUpload.Schema);
        proxy.MapPost("/mpu/complete/{**path}", CompleteMultipartUpload.Handle).WithName($"tracker.CompleteMultipartUpload{suffix}").Requires(ExperimentPolicies.Write).AsMlflow("artifacts", CompleteMultipartUpload.Schema);
        proxy.MapPost("/mpu/abort/{**path}", AbortMultipartUpload.Handle).WithName($"tracker.AbortMultipartUpload{suffix}").Requires(ExperimentPolicies.Write).AsMlflow("artifacts", AbortMultipartUpload.Schema);
        proxy.MapGet("/presigned/{**path}", PresignDownload.Handle).WithName($"tracker.PresignDownload{suffix}").Requires(ExperimentPolicies.Read).AsMlflow("artifacts");
    }

    /// <summary>Nothing is stored for or read from a workspace that does not exist.</summary>
    private static async ValueTask<object?> RequireWorkspaceAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        await call.HttpContext.RequestServices.GetRequiredService<WorkspaceProjection<TrackerDb>>().ResolveAsync(call.HttpContext);
        return await next(call);
    }
}
