using System.Collections.Frozen;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>Everything that this replica serves, by workspace and name. Readers never wait.</summary>
internal sealed class ServedDeployments(KnownDeployments known)
{
    private volatile FrozenDictionary<(string Workspace, string Name), ServedDeployment> all =
        FrozenDictionary<(string, string), ServedDeployment>.Empty;

    private volatile bool stale;

    /// <summary>The database has not said for a while whether this is still wanted.</summary>
    public bool IsStale
    {
        get => stale;
        set
        {
            stale = value;
            foreach (var deployment in all.Values)
                deployment.IsStale = value;
        }
    }

    public IEnumerable<ServedDeployment> All => all.Values;

    public ServedDeployment? Find(string workspace, string name) => all.GetValueOrDefault((workspace, name));

    /// <exception cref="PlaneException">404: nothing is deployed under the name. 503: it is, but not here.</exception>
    public ServedDeployment Require(string workspace, string name) => Find(workspace, name) ?? throw NotHere(workspace, name).ToException();

    /// <summary>Replaces everything at once.</summary>
    public void Set(IEnumerable<ServedDeployment> deployments) =>
        all = deployments.ToFrozenDictionary(deployment => (deployment.Desired.Workspace, deployment.Spec.Name));

    private PlaneError NotHere(string workspace, string name) => known.Find(workspace, name) is null
        ? PlaneError.NotFound("model_not_found", $"There is no model '{name}' here: nothing is deployed under this name.")
        : PlaneError.Unavailable("model_not_ready", $"The model '{name}' is not ready: it was moved to another replica, or unloaded, this moment.");
}
