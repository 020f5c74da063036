using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.Access;

namespace MlopsPlane.Hosting.Ports;

/// <summary>Access's answers over HTTP, for a service that runs as a process of its own.</summary>
internal sealed class HttpWorkspaceDirectory(PeerClient peers, IOptions<PeerOptions> options) : IWorkspaceDirectory
{
    /// <summary>Access creates the workspace while it answers when its <c>Workspaces:AutoCreate</c> is on.</summary>
    public async Task<bool> EnsureAsync(string workspace, CancellationToken ct) =>
        await peers.GetAsync<Answer>("Access", options.Value.Access, $"api/v1/access/workspaces/{Uri.EscapeDataString(workspace)}/usable", "default", ct) is { Usable: true };

    private sealed record Answer(bool Usable);
}
