using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting.Ports;

/// <summary>Access's answers over HTTP, for a service that runs as a process of its own.</summary>
internal sealed class HttpWorkspaceDirectory(PeerClient peers, IOptions<PeerOptions> options) : IWorkspaceDirectory
{
    /// <summary>Access creates the workspace while it answers when its <c>Workspaces:AutoCreate</c> is on.</summary>
    public async Task<bool> EnsureAsync(string workspace, CancellationToken ct) =>
        workspace == WorkspaceName.Default || await FactsAsync(workspace, ct) is not null;

    public async Task<string?> ArtifactRootAsync(string workspace, CancellationToken ct) => (await FactsAsync(workspace, ct))?.ArtifactRoot;

    private Task<WorkspaceFacts?> FactsAsync(string workspace, CancellationToken ct) => peers.GetAsync<WorkspaceFacts>(
        "Access", options.Value.Access, $"api/v1/access/facts/workspaces/{Uri.EscapeDataString(workspace)}", WorkspaceName.Default, ct);
}
