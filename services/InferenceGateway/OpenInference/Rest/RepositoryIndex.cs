using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary><c>POST /v2/repository/index</c>: what is deployed, and how each version is.</summary>
internal static class RepositoryIndex
{
    public sealed record Entry(string Name, string? Version, string State, string Reason);

    public static async Task<Ok<IReadOnlyList<Entry>>> HandleAsync(HttpContext http, ServedDeployments served, KnownDeployments known)
    {
        var onlyReady = await OnlyReadyAsync(http);
        IReadOnlyList<Entry> entries = [.. Entries(http, served, known).Where(entry => !onlyReady || entry.State == "READY")];
        return TypedResults.Ok(entries);
    }

    public static IEnumerable<Entry> Entries(HttpContext http, ServedDeployments served, KnownDeployments known) => Models.Visible(http, known)
        .SelectMany(deployment => served.Find(deployment.Workspace, deployment.Spec.Name) is { } here ? Entries(here) : Elsewhere(deployment));

    /// <summary>What other replicas hold, or nobody does.</summary>
    private static IEnumerable<Entry> Elsewhere(DesiredDeployment deployment)
    {
        var (state, reason) = deployment switch
        {
            { Suspended: true } => ("UNAVAILABLE", "unloaded"),
            _ when deployment.Holders.Any(holder => holder.Ready) => ("READY", ""),
            { Holders.Count: 0, Unplaced: { } unplaced } => ("UNAVAILABLE", unplaced),
            _ => ("LOADING", ""),
        };
        return deployment.Spec.Variants.Select(variant => new Entry(
            deployment.Spec.Name, state == "READY" && deployment.Targets.TryGetValue(variant.Name, out var target) ? target.Version.ToString(CultureInfo.InvariantCulture) : null, state, reason));
    }

    private static IEnumerable<Entry> Entries(ServedDeployment deployment) => deployment.Variants.Select(variant => (variant.Live?.VersionText ?? ModelMetadata.Dozing(deployment, variant.Spec)) is { } version
        ? new Entry(deployment.Spec.Name, version, "READY", "")
        : new Entry(deployment.Spec.Name, null, variant.Reason is null ? "LOADING" : "UNAVAILABLE", variant.Reason ?? ""));

    private static async Task<bool> OnlyReadyAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http);
        try
        {
            if (body.IsEmpty)
                return false;
            using var request = JsonDocument.Parse(body);
            return request.RootElement.ValueKind == JsonValueKind.Object && request.RootElement.TryGetProperty("ready", out var ready) && ready.ValueKind == JsonValueKind.True;
        }
        catch (JsonException bad)
        {
            throw PlaneError.Invalid("invalid_input", $"The request is not JSON: {bad.Message}").ToException();
        }
        catch (InvalidOperationException)
        {
            throw PlaneError.Invalid("invalid_input", "The request holds a text that is not valid Unicode.").ToException();
        }
        finally
        {
            http.Request.BodyReader.AdvanceTo(body.End);
        }
    }
}
