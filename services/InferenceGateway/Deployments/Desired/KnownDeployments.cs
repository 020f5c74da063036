using System.Collections.Frozen;

namespace MlopsPlane.InferenceGateway.Deployments.Desired;

/// <summary>Every deployment that there is, whichever replicas hold it, by workspace and name. Readers never wait.</summary>
internal sealed class KnownDeployments
{
    private volatile FrozenDictionary<(string Workspace, string Name), DesiredDeployment> all =
        FrozenDictionary<(string, string), DesiredDeployment>.Empty;

    private volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when everything has been replaced once more.</summary>
    public Task Next => next.Task;

    public IEnumerable<DesiredDeployment> All => all.Values;

    public DesiredDeployment? Find(string workspace, string name) => all.GetValueOrDefault((workspace, name));

    /// <summary>Replaces everything at once.</summary>
    public void Set(IEnumerable<DesiredDeployment> deployments)
    {
        all = deployments.ToFrozenDictionary(deployment => (deployment.Workspace, deployment.Spec.Name));
        var waited = next;
        next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waited.TrySetResult();
    }
}
