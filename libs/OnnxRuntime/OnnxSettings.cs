namespace MlopsPlane.OnnxRuntime;

/// <summary>How a process uses ONNX Runtime; the first user of the process decides.</summary>
public sealed record OnnxSettings
{
    /// <summary>File of the native library; null for the one that ships along, which runs on CPUs.</summary>
    public string? LibraryPath { get; init; }

    /// <summary>Threads within an operator, shared by all models; 0 for as many as the process's CPU quota allows.</summary>
    public int Threads { get; init; }

    /// <summary>Told of the library's warnings and errors.</summary>
    public Action<OnnxLogLevel, string>? Log { get; init; }
}

public enum OnnxLogLevel
{
    Warning,
    Error,
}
