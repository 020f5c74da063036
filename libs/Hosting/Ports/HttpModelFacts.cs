using System.Globalization;
using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.ModelRegistry;

namespace MlopsPlane.Hosting.Ports;

/// <summary>The registry's answers over HTTP, for a gateway that runs as a process of its own.</summary>
internal sealed class HttpModelFacts(PeerClient peers, IOptions<PeerOptions> options) : IModelFacts
{
    public Task<ModelVersionFacts?> FindVersionAsync(string workspace, string model, int version, CancellationToken ct) =>
        AskAsync($"versions?model={Uri.EscapeDataString(model)}&version={version.ToString(CultureInfo.InvariantCulture)}", workspace, ct);

    public Task<ModelVersionFacts?> FindByAliasAsync(string workspace, string model, string alias, CancellationToken ct) =>
        AskAsync($"aliases?model={Uri.EscapeDataString(model)}&alias={Uri.EscapeDataString(alias)}", workspace, ct);

    private Task<ModelVersionFacts?> AskAsync(string question, string workspace, CancellationToken ct) =>
        peers.GetAsync<ModelVersionFacts>("Registry", options.Value.Registry, $"api/v1/registry/facts/{question}", workspace, ct);
}
