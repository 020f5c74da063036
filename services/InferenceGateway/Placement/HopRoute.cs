using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>
/// Where a request for a model is answered: here, after it was loaded again if need be, or at one of the replicas that hold
/// it. Only addresses that replicas told of themselves in the database are ever gone to.
/// </summary>
internal sealed class HopRoute(ServedDeployments served, KnownDeployments known, UnheardDeployments unheard, ReplicaIdentity identity)
{
    /// <summary>On a request that another replica sent on: it is answered here or not at all.</summary>
    public const string MarkHeader = "X-Plane-Hop";

    /// <summary>Whether the request is answered here, with nothing to be done before.</summary>
    public bool IsHere(string workspace, string name) => served.Find(workspace, name) is { IsLoaded: true, Sleep: not { Dozes: true } };

    /// <summary>Whether the deployment is one of this replica's.</summary>
    public bool Serves(string workspace, string name) => served.Find(workspace, name) is not null;

    /// <summary>Replicas to send the request on to, in the order in which they are to be tried; empty when it is answered here.</summary>
    /// <param name="loads">The request needs a version loaded here, so that what sleeps is woken and waited for.</param>
    /// <exception cref="PlaneException">503: no replica answers for it now.</exception>
    public async Task<IReadOnlyList<Holder>> FindAsync(HttpContext http, string name, bool loads, CancellationToken ct)
    {
        var workspace = http.Workspace();
        var here = served.Find(workspace, name);
        if (here?.Sleep is { Dozes: true } sleep)
        {
            if (loads)
                await sleep.WakeAsync(name, ct);
            return [];
        }

        // What nobody knows is refused where it always is.
        if (here is { IsLoaded: true } || (known.Find(workspace, name) ?? await unheard.FindAsync(workspace, name, ct)) is not { } wanted)
            return [];
        if (wanted.Suspended)
            throw PlaneError.Unavailable("model_unloaded", $"The model '{name}' is not ready: it was unloaded. POST /v2/repository/models/{name}/load loads it again.").ToException();
        if (!http.Request.Headers.ContainsKey(MarkHeader))
        {
            var others = wanted.Holders.Where(holder => holder.Replica != identity.Id && Uri.TryCreate(holder.Url, UriKind.Absolute, out _)).ToArray();
            Random.Shared.Shuffle(others);
            // Those that were loading when this was read may be there by now; if not they say why themselves.
            if (others.Any(holder => holder.Ready) || (here is null && others.Length > 0))
                return [.. others.OrderByDescending(holder => holder.Ready)];
        }

        return here is not null ? [] : throw PlaneError.Unavailable("model_not_ready", $"The model '{name}' is not ready: {Why(wanted)}.").ToException();
    }

    private static string Why(DesiredDeployment wanted) => wanted.Holders.Count > 0 ? "it is being loaded" : wanted.Unplaced ?? "it is being placed";

    /// <summary>No replica that holds the model could be reached.</summary>
    public static PlaneException Unreachable(string name) =>
        PlaneError.Unavailable("model_not_ready", $"The model '{name}' is not ready: the replicas that hold it cannot be reached.").ToException();
}
