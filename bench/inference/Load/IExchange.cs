namespace MlopsPlane.Bench.Inference.Load;

/// <summary>One connection's way to ask: the bytes of a request, and where its answer ends.</summary>
internal interface IExchange
{
    /// <summary>What is sent before the first request.</summary>
    ReadOnlySpan<byte> Opening { get; }

    /// <summary>The next request's bytes.</summary>
    ReadOnlySpan<byte> Next();

    /// <summary>Looks at what has come; consumes all of it or what it can.</summary>
    /// <param name="consumed">Bytes that need not be shown again.</param>
    /// <param name="reply">What the protocol wants to be sent at once.</param>
    /// <returns>Whether the request is answered.</returns>
    /// <exception cref="InvalidOperationException">It was answered with an error.</exception>
    bool IsAnswered(ReadOnlySpan<byte> received, out int consumed, out byte[] reply);
}
