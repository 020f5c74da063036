using System.Collections.Frozen;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>Everything that this replica serves, by workspace and name. Readers never wait.</summary>
internal sealed class ServedDeployments
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

    /// <exception cref="PlaneException">404: nothing is deployed under the name.</exception>
    public ServedDeployment Require(string workspace, string name) =>
        Find(workspace, name) ?? throw PlaneError.NotFound("model_not_found", $"There is no model '{name}' here: nothing is deployed under this name.").ToException();

    /// <summary>Replaces everything at once.</summary>
    public void Set(IEnumerable<ServedDeployment> deployments) =>
        all = deployments.ToFrozenDictionary(deployment => (deployment.Desired.Workspace, deployment.Spec.Name));
}
