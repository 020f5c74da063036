using System.Diagnostics;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Messaging.Samples;

namespace MlopsPlane.InferenceGateway.Sampling;

/// <summary>
/// Draws requests and puts copies of their tensors and their answers' onto the channel for samples. A request pays a copy,
/// and that only where there is a place for it; the rest is done on the channel's own time.
/// </summary>
internal sealed class PayloadSampler(SampleChannel channel, ReplicaIdentity replica, TimeProvider clock)
{
    // What an offer takes beside its tensors.
    private const int OfferBytes = 1024;

    /// <summary>Decides whether a request is a sample; so that its shadows' answers are samples too.</summary>
    public static void Draw(InferenceCall call)
    {
        var rate = call.Deployment.Spec.Sampling.Rate;
        call.Item.Sampled = rate > 0 && (rate >= 1 || Random.Shared.NextDouble() < rate);
    }

    /// <summary>Takes an answered request that was drawn. Its item must not have been given back.</summary>
    public void Take(InferenceCall call)
    {
        if (!call.Item.Sampled)
            return;
        var most = call.Deployment.Spec.Sampling.MaxBytes;
        var (inputs, outputs) = (BytesOf(call.Item.Inputs), BytesOf(call.Item.Outputs));
        var held = OfferBytes + (inputs <= most ? inputs : 0) + (outputs <= most ? outputs : 0);
        if (!channel.TryReserve(held))
            return;
        var sample = new PayloadSample
        {
            Id = call.Item.Id ?? "",
            Call = new PayloadSample.Origin(
                call.Deployment.Desired.Workspace, call.Deployment.Spec, call.Variant.Spec, call.Version.Model, call.Version.Version, replica.Id),
            Signature = call.Item.Signature,
            Columns = call.Version.Files?.Signature,
            Inputs = Copy(call.Item.Inputs, inputs <= most),
            Outputs = Copy(call.Item.Outputs, outputs <= most),
            InputBytes = inputs,
            OutputBytes = outputs,
            At = clock.GetUtcNow(),
            TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } ? trace : null,
        };
        channel.Offer(held, sample.ToEvents);
    }

    private static long BytesOf(TensorSlot[] slots)
    {
        var bytes = 0L;
        foreach (var slot in slots)
            bytes += slot.Data.Length;
        return bytes;
    }

    private static SampledSlot[] Copy(TensorSlot[] slots, bool whole) =>
        Array.ConvertAll(slots, slot => new SampledSlot(slot.Shape.ToArray(), whole ? System.Buffers.BuffersExtensions.ToArray(slot.Data) : null));
}
