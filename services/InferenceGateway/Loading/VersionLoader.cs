using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Quarantine;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Loading;

/// <summary>Makes a version of the registry ready to answer: files, session, signature, queue and warm-up.</summary>
internal sealed partial class VersionLoader(
    IModelStore store, RunMarkers markers, CrashLedger crashes, NativeRuntime runtime, InferenceMetrics metrics, TimeProvider clock, ILogger<VersionLoader> logger) : IDisposable
{
    // One at a time, so that the memory that loading takes can be told.
    private readonly SemaphoreSlim loading = new(1, 1);

    /// <param name="tell">Told of each step.</param>
    /// <exception cref="ModelRefusedException">The version cannot be served; the message says why.</exception>
    /// <exception cref="PlaneException">Registry or store do not answer now.</exception>
    public async Task<ServedVersion> LoadAsync(DesiredDeployment desired, VariantTarget target, IProgress<LoadStep> tell, CancellationToken ct)
    {
        tell.Report(new LoadStep(LoadStep.Downloading));
        var files = await store.GetAsync(desired.Workspace, target.Model, target.Version, new Downloads(tell), ct);
        try
        {
            if (crashes.Refusal(files.Digest, desired.Key, desired.Retries) is { } reason)
                throw new QuarantinedException(reason);
            await loading.WaitAsync(ct);
            try
            {
                return await Task.Run(() => Load(desired, target, files, markers.Claim(files.Digest), tell), ct);
            }
            finally
            {
                loading.Release();
            }
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose() => loading.Dispose();

    private ServedVersion Load(DesiredDeployment desired, VariantTarget target, StoredModel files, RunMarker? marker, IProgress<LoadStep> tell)
    {
        marker?.Enter();
        try
        {
            return Open(desired, target, files, marker, tell);
        }
        catch
        {
            marker?.Dispose();
            marker = null;
            throw;
        }
        finally
        {
            marker?.Leave();
        }
    }

    private ServedVersion Open(DesiredDeployment desired, VariantTarget target, StoredModel files, RunMarker? marker, IProgress<LoadStep> tell)
    {
        tell.Report(new LoadStep(LoadStep.Loading));
        var before = Environment.WorkingSet;
        var spec = desired.Spec;
        var model = Open(spec, files);
        OnnxExecutor? executor = null;
        try
        {
            var signature = SignatureBuilder.Of(model);
            tell.Report(new LoadStep(LoadStep.Warming));
            string? warning = null;
            if (signature.Batchable && RowCheck.Refusal(model, signature) is { } refusal)
            {
                warning = $"Requests are run one by one: {refusal}.";
                signature = new ModelSignature(signature.Inputs, signature.Outputs, batchable: false);
            }

            var label = $"'{target.Model}' version {target.Version}";
            executor = new OnnxExecutor(model, signature, label, spec.Batching, spec.Instances, marker);
            warning = Warmup.Run(executor, spec, files) ?? warning;
            if (model.FallbackReason is { } reason)
            {
                metrics.FellBack(spec.Name);
                Log.FellBack(logger, label, spec.Provider.Kind, reason);
            }

            return new ServedVersion(target.Model, target.Version, executor, files)
            {
                Provider = model.Provider.Kind,
                FallbackReason = model.FallbackReason is { } why ? ShownText.Of(why) : null,
                MemoryBytes = Math.Max(Environment.WorkingSet - before, 0),
                Warning = warning is null ? null : ShownText.Of(warning),
                LoadedAt = clock.GetUtcNow(),
            };
        }
        catch
        {
            if (executor is null)
                model.Dispose();
            else
                executor.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    private OnnxModel Open(DeploymentSpec spec, StoredModel files)
    {
        try
        {
            return OnnxModel.Load(files.OnnxFile, runtime.ProviderOf(spec.Provider.Kind, spec.Provider.Options), spec.Provider.OnMissing == "cpu", runtime.Environment);
        }
        catch (OnnxException refused)
        {
            throw new ModelRefusedException($"ONNX Runtime cannot load it: {refused.Message}", refused);
        }
    }

    /// <summary>Passes a download's progress on, in its order.</summary>
    private sealed class Downloads(IProgress<LoadStep> tell) : IProgress<Downloaded>
    {
        public void Report(Downloaded value) =>
            tell.Report(new LoadStep(LoadStep.Downloading, Math.Round((double)value.Bytes / Math.Max(1, value.Total), 2)));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Model} runs on the CPU, not with {Provider}: {Reason}")]
        public static partial void FellBack(ILogger logger, string model, string provider, string reason);
    }
}

/// <summary>How far the loading of a version is.</summary>
/// <param name="Progress">Of a download, 0 to 1 in hundredths; null while that is not known.</param>
internal readonly record struct LoadStep(string State, double? Progress = null)
{
    public const string Downloading = "Downloading";
    public const string Loading = "Loading";
    public const string Warming = "Warming";
}
