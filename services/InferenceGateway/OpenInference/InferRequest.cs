namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>What a request of the inference protocol says beside its tensors.</summary>
internal struct InferRequest
{
    /// <summary>What the client calls the request; null when it does not.</summary>
    public string? Id { get; set; }

    /// <summary>Level of priority, 1 first; 0 for the deployment's default.</summary>
    public ulong Priority { get; set; }

    /// <summary>Microseconds that the request may take; 0 for the deployment's own bound.</summary>
    public ulong TimeoutMicroseconds { get; set; }

    /// <summary>Every output is asked for in binary form.</summary>
    public bool BinaryOutput { get; set; }

    /// <summary>It names the outputs that it wants; else it wants all.</summary>
    public bool NamesOutputs { get; set; }
}
