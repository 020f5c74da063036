using MlopsPlane.Contracts.Access;

namespace MlopsPlane.Hosting.Ports;

/// <summary>What another process keeps in a workspace, over HTTP.</summary>
/// <param name="peer">Name of the service in the section <c>Services</c>.</param>
/// <param name="path">Path of its answer.</param>
internal sealed class HttpWorkspaceContents(PeerClient peers, string peer, Uri? address, string path) : IWorkspaceContents
{
    public async Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct) =>
        await peers.GetAsync<List<WorkspaceResource>>(peer, address, path, workspace, ct) ?? [];
}
