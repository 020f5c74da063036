using MlopsPlane.Contracts.InferenceGateway.V1;

namespace MlopsPlane.Messaging.Samples;

/// <summary>Takes samples to whoever looks at them: this process, or a broker.</summary>
public interface ISampleCarrier
{
    /// <summary>Somebody may be there to look at them.</summary>
    bool IsListenedTo { get; }

    /// <summary>Hands samples over, once; whoever fails at it loses them.</summary>
    Task SendAsync(IReadOnlyList<InferenceSample> samples, CancellationToken ct);
}

/// <summary>To the modules of this process.</summary>
internal sealed class InProcessSamples(IEnumerable<ISampleHandler> handlers) : ISampleCarrier
{
    private readonly ISampleHandler[] handlers = [.. handlers];

    public bool IsListenedTo => handlers.Length > 0;

    public async Task SendAsync(IReadOnlyList<InferenceSample> samples, CancellationToken ct)
    {
        foreach (var handler in handlers)
            await handler.HandleAsync(samples, ct);
    }
}
