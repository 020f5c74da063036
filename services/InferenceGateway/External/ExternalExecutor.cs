using System.Diagnostics;
using System.Globalization;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.OpenInference.Rest;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>Answers requests by another server that speaks the Open Inference Protocol.</summary>
/// <param name="capacity">Most requests that are under way; more are refused with 503.</param>
internal sealed class ExternalExecutor(ExternalServer server, string model, ModelSignature signature, int capacity) : IModelExecutor
{
    // For a deployment without a timeout of its own.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly PlaneError ClientGone = new(499, "cancelled", "The client cancelled the request.");
    private readonly string path = $"/v2/models/{Uri.EscapeDataString(model)}/infer";
    private readonly CancellationTokenSource ended = new();
    private int underWay;
    private long runs;

    public ModelSignature Signature => signature;

    public int QueueDepth => Volatile.Read(ref underWay);

    public long Runs => Volatile.Read(ref runs);

    public InferenceItem Rent() => new(signature);

    public void Return(InferenceItem item)
    {
    }

    public async ValueTask<PlaneError?> ExecuteAsync(InferenceItem item, CancellationToken ct)
    {
        item.EnqueuedAt = item.StartedAt = item.DoneAt = Stopwatch.GetTimestamp();
        item.RunRows = item.Rows;
        var left = item.Deadline == long.MaxValue ? Patience : Stopwatch.GetElapsedTime(item.StartedAt, item.Deadline);
        if (left <= TimeSpan.Zero)
            return BatchQueue.Expired;
        if (Interlocked.Increment(ref underWay) > capacity)
        {
            Interlocked.Decrement(ref underWay);
            return new PlaneError(503, "queue_full", $"The external server has {capacity} requests under way already.", RetryAfterSeconds: 1);
        }

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct, ended.Token);
        bound.CancelAfter(left);
        try
        {
            await AskAsync(item, bound.Token);
            Interlocked.Increment(ref runs);
            return null;
        }
        catch (PlaneException told)
        {
            return told.Error;
        }
        catch (OperationCanceledException)
        {
            if (ct.IsCancellationRequested)
                return ClientGone;
            return ended.IsCancellationRequested
                ? PlaneError.Unavailable("stopping", "The request was stopped before the external server answered.")
                : server.Unreached($"nothing came within {left.TotalMilliseconds:F0} ms").Error;
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
            item.DoneAt = Stopwatch.GetTimestamp();
        }
    }

    public void Terminate() => ended.Cancel();

    public ValueTask DisposeAsync()
    {
        ended.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AskAsync(InferenceItem item, CancellationToken ct)
    {
        using var request = new ExternalRequest(item);
        try
        {
            using var response = await server.SendAsync(HttpMethod.Post, path, request, ct);
            var body = await server.BodyAsync(response, item.OutputBuffer, ct);
            ExternalAnswer.Read(server, item, body, HeaderOf(response, body.Length));
        }
        finally
        {
            await request.EndAsync();
        }
    }

    private int HeaderOf(HttpResponseMessage response, int length)
    {
        if (!response.Headers.TryGetValues(Infer.HeaderLength, out var values) && !response.Content.Headers.TryGetValues(Infer.HeaderLength, out values))
            return length;
        return int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var header) && header <= length
            ? header
            : throw server.Unreadable($"its {Infer.HeaderLength} is beyond its end");
    }
}
