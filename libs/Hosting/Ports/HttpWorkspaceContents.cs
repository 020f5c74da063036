using MlopsPlane.Contracts.Access;

namespace MlopsPlane.Hosting.Ports;

/// <summary>What another process keeps in a workspace, over HTTP.</summary>
/// <param name="peer">Name of the service in the section <c>Services</c>.</param>
/// <param name="path">Path of its answer.</param>
internal sealed class HttpWorkspaceContents(PeerClient peers, string peer, string? address, string path) : IWorkspaceContents
{
    public Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct) =>
        AskAsync<WorkspaceResource>(path, workspace, ct);

    public Task<IReadOnlyList<WorkspaceClash>> ClashesAsync(string workspace, string target, CancellationToken ct) =>
        AskAsync<WorkspaceClash>($"{path}/clashes?target={Uri.EscapeDataString(target)}", workspace, ct);

    private async Task<IReadOnlyList<T>> AskAsync<T>(string question, string workspace, CancellationToken ct) =>
        await peers.GetAsync<List<T>>(peer, address, question, workspace, ct) ?? [];
}
