using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.ExperimentTracker.Workspaces;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Runs.Facts;

/// <summary>The ports of other services over HTTP, for a cluster in which they are processes of their own.</summary>
internal static class FactEndpoints
{
    public static void MapFactEndpoints(this IEndpointRouteBuilder routes)
    {
        var facts = routes.MapGroup("/facts").Requires(AccessPolicy.Peers).ExcludeFromDescription();
        facts.MapGet("/runs/{runId}", RunAsync).WithName("tracker.GetRunFacts").ProducesProblem(404);
        facts.MapGet("/logged-models/{modelId}", LoggedModelAsync).WithName("tracker.GetLoggedModelFacts").ProducesProblem(404);
        facts.MapGet("/contents", ContentsAsync).WithName("tracker.GetContents");
        facts.MapGet("/contents/clashes", ClashesAsync).WithName("tracker.GetClashes");
    }

    private static async Task<Ok<RunFacts>> RunAsync(string runId, HttpContext http, RunFactsPort port, CancellationToken ct) =>
        TypedResults.Ok(await port.FindRunAsync(http.Workspace(), runId, ct)
            ?? throw PlaneError.NotFound("run_not_found", $"There is no run '{runId}'.").ToException());

    private static async Task<Ok<LoggedModelFacts>> LoggedModelAsync(string modelId, HttpContext http, RunFactsPort port, CancellationToken ct)
    {
        var model = await port.FindLoggedModelAsync(http.Workspace(), modelId, ct)
            ?? throw PlaneError.NotFound("logged_model_not_found", $"There is no logged model '{modelId}'.").ToException();
        // JSON has no NaN; the other service treats a metric without a value as one that is not there.
        return TypedResults.Ok(model with { Metrics = [.. model.Metrics.Where(metric => double.IsFinite(metric.Value))] });
    }

    private static async Task<Ok<IReadOnlyList<WorkspaceResource>>> ContentsAsync(
        HttpContext http, TrackerContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.CountAsync(http.Workspace(), ct));

    private static async Task<Ok<IReadOnlyList<WorkspaceClash>>> ClashesAsync(
        string target, HttpContext http, TrackerContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.ClashesAsync(http.Workspace(), target, ct));
}
