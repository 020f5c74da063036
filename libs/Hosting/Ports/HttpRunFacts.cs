using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.ExperimentTracker;

namespace MlopsPlane.Hosting.Ports;

/// <summary>The tracker's answers over HTTP, for a registry that runs as a process of its own.</summary>
internal sealed class HttpRunFacts(PeerClient peers, IOptions<PeerOptions> options) : IRunFacts
{
    public Task<RunFacts?> FindRunAsync(string workspace, string runId, CancellationToken ct) =>
        AskAsync<RunFacts>($"api/v1/tracking/facts/runs/{Uri.EscapeDataString(runId)}", workspace, ct);

    public Task<LoggedModelFacts?> FindLoggedModelAsync(string workspace, string modelId, CancellationToken ct) =>
        AskAsync<LoggedModelFacts>($"api/v1/tracking/facts/logged-models/{Uri.EscapeDataString(modelId)}", workspace, ct);

    private Task<T?> AskAsync<T>(string path, string workspace, CancellationToken ct) where T : class =>
        peers.GetAsync<T>("Tracker", options.Value.Tracker, path, workspace, ct);
}
