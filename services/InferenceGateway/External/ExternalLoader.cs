using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>Makes a variant that is another server ready to answer: asks it what it takes.</summary>
internal sealed class ExternalLoader(IHttpClientFactory clients, IOptions<ExternalOptions> options, IOptions<ServingOptions> serving, TimeProvider clock)
{
    private const long MaxAboutBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What <see cref="ServedVersion.Model"/> is of a variant.</summary>
    public static string ModelOf(DeploymentSpec spec, VariantSpec variant) => variant.ExternalModel ?? spec.Name;

    /// <param name="tell">Told of each step.</param>
    /// <exception cref="ModelRefusedException">The server's model cannot be served; the message says why.</exception>
    /// <exception cref="PlaneException">The server does not answer now, or not as it should.</exception>
    public async Task<ServedVersion> LoadAsync(DeploymentSpec spec, VariantSpec variant, IProgress<LoadStep> tell, CancellationToken ct)
    {
        tell.Report(new LoadStep(LoadStep.Loading));
        var model = ModelOf(spec, variant);
        var (client, key) = (clients.CreateClient(ExternalServer.ClientName), await KeyAsync(new Uri(variant.Url!).IdnHost, ct));
        var about = new ExternalServer(client, variant.Name, variant.Url!, key, MaxAboutBytes);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(Patience);
        IModelExecutor executor;
        try
        {
            if (variant.Protocol == VariantSpec.OpenAi)
            {
                (await about.SendAsync(HttpMethod.Get, "/v1/models", content: null, bound.Token)).Dispose();
                executor = new OpenAiExecutor(variant.Name);
            }
            else
            {
                var signature = await ExternalSignature.ReadAsync(about, model, bound.Token);
                var server = new ExternalServer(client, variant.Name, variant.Url!, key, serving.Value.MaxBodyBytes);
                executor = new ExternalExecutor(server, model, signature, spec.Batching.Queue);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw about.Unreached($"nothing came within {Patience.TotalSeconds} s");
        }

        return new ServedVersion(model, version: 0, executor, files: null) { Provider = VariantSpec.External, LoadedAt = clock.GetUtcNow() };
    }

    private async Task<string?> KeyAsync(string host, CancellationToken ct)
    {
        if (!options.Value.ExternalKeys.TryGetValue(host, out var file))
            return null;
        try
        {
            return (await File.ReadAllTextAsync(file, ct)).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw PlaneError.Unavailable("external_key", $"Serving:ExternalKeys:{host}: {unreadable.Message}").ToException();
        }
    }
}
