using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Workspaces;

/// <summary>Moves what a service keeps in a workspace that ends into another one, in the transaction that the caller has open.</summary>
public interface IWorkspaceMover<in TDb> where TDb : PlaneDb
{
    Task MoveAsync(TDb db, WorkspaceMove move, CancellationToken ct);
}

/// <param name="From">The service's key of the workspace that ends.</param>
/// <param name="To">The service's key of the workspace that takes its contents.</param>
/// <param name="Name">Name of the workspace that ends.</param>
/// <param name="Target">Name of the workspace that takes its contents.</param>
/// <param name="Files">Where its files go.</param>
public sealed record WorkspaceMove(int From, int To, string Name, string Target, ArtifactMove Files)
{
    /// <summary>
    /// A name that is free in the target. Access saw none taken, but that was a moment ago, and what moves must not be
    /// lost for it.
    /// </summary>
    public string FreeName(string name, IReadOnlySet<string> taken)
    {
        var free = name;
        for (var number = 1; taken.Contains(free); number++)
            free = number == 1 ? $"{name} ({Name})" : $"{name} ({Name} {number})";
        return free;
    }
}
