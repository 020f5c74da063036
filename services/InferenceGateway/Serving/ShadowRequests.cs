using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.Sampling;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.InferenceGateway.Usage;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>
/// Sends copies of requests to variants whose answers nobody gets. They never hold up the request: what a shadow cannot
/// take now is dropped and counted.
/// </summary>
internal sealed partial class ShadowRequests(InferenceMetrics metrics, UsageMeter usage, PayloadSampler sampler, TimeProvider clock, ILogger<ShadowRequests> logger)
{
    private const int MaxInFlight = 64;
    private int inFlight;

    /// <summary>Copies the call's tensors, which may belong to the request's own memory, and lets the shadows run.</summary>
    public void Send(InferenceCall call)
    {
        foreach (var shadow in call.Deployment.Shadows)
        {
            if (shadow.Lease() is not { } version)
            {
                metrics.ShadowDropped(call.Deployment, shadow, "not_ready");
                continue;
            }

            if (Interlocked.Increment(ref inFlight) > MaxInFlight)
            {
                Interlocked.Decrement(ref inFlight);
                version.Release();
                metrics.ShadowDropped(call.Deployment, shadow, "busy");
                continue;
            }

            if (TryRent(version) is not { } item)
            {
                Interlocked.Decrement(ref inFlight);
                version.Release();
                metrics.ShadowDropped(call.Deployment, shadow, "other_signature");
                continue;
            }

            var copy = new InferenceCall(call.Deployment, shadow, version, item, Stopwatch.GetTimestamp());
            (copy.Item.Id, copy.Item.Sampled) = (call.Item.Id, call.Item.Sampled);
            if (Copy(call.Item, copy.Item))
            {
                // Elsewhere, since a short run is made by whoever asks for it.
                ThreadPool.QueueUserWorkItem(static run => _ = run.Owner.RunAsync(run.Copy), (Owner: this, Copy: copy), preferLocal: false);
                continue;
            }

            metrics.ShadowDropped(call.Deployment, shadow, "other_signature");
            End(copy);
        }
    }

    /// <summary>Null where the shadow takes no tensors.</summary>
    private static InferenceItem? TryRent(ServedVersion version)
    {
        try
        {
            return version.Executor.Rent();
        }
        catch (PlaneException)
        {
            return null;
        }
    }

    private async Task RunAsync(InferenceCall call)
    {
        try
        {
            var error = await call.Version.Executor.ExecuteAsync(call.Item, CancellationToken.None);
            metrics.Answered(call, error is null, Stopwatch.GetTimestamp());
            usage.Count(call, error is null);
            InferenceTrace.Trace(call, error?.Message, clock);
            if (error is null)
                sampler.Take(call);
        }
        catch (Exception failure)
        {
            Log.Failed(logger, failure, call.Deployment.Spec.Name, call.Variant.Spec.Name);
        }
        finally
        {
            End(call);
        }
    }

    private void End(InferenceCall call)
    {
        InferenceCalls.End(call);
        Interlocked.Decrement(ref inFlight);
    }

    /// <summary>False when the other version takes something else.</summary>
    private static bool Copy(InferenceItem from, InferenceItem to)
    {
        var total = 0L;
        foreach (var input in from.Inputs)
            total += input.Data.Length;
        if (to.Inputs.Length != from.Inputs.Length || total > Array.MaxLength)
            return false;
        var buffer = to.InputBuffer((int)total);
        var at = 0;
        for (var i = 0; i < from.Inputs.Length; i++)
        {
            var spec = from.Signature.Inputs[i];
            var position = to.Signature.InputOf(spec.Name);
            if (position < 0 || to.Signature.Inputs[position].Type != spec.Type)
                return false;
            var (source, target) = (from.Inputs[i], to.Inputs[position]);
            source.Data.CopyTo(buffer.AsSpan(at));
            target.SetShape(source.Shape);
            (target.Present, target.Data) = (true, new ReadOnlySequence<byte>(buffer, at, (int)source.Data.Length));
            at += (int)source.Data.Length;
        }

        return OpenInference.ItemRules.Fits(to);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "A request to {Deployment}'s shadow {Variant} failed")]
        public static partial void Failed(ILogger logger, Exception failure, string deployment, string variant);
    }
}
