using Microsoft.ML.OnnxRuntime;

namespace MlopsPlane.OnnxRuntime;

/// <summary>A failure that ONNX Runtime reported, with its own code and words.</summary>
public sealed class OnnxException(OnnxErrorCode code, string message, Exception? cause = null) : Exception(message, cause)
{
    public OnnxErrorCode Code { get; } = code;

    /// <summary>The binding writes the code in front of the native message: <c>[ErrorCode:NoSuchFile] …</c>.</summary>
    public static OnnxException Of(OnnxRuntimeException failure)
    {
        const string Prefix = "[ErrorCode:";
        var text = failure.Message;
        var end = text.IndexOf(']', StringComparison.Ordinal);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || end < 0)
            return new(OnnxErrorCode.Fail, text, failure);
        var code = Enum.TryParse<OnnxErrorCode>(text[Prefix.Length..end], out var parsed) ? parsed : OnnxErrorCode.Fail;
        return new(code, text[(end + 1)..].TrimStart(), failure);
    }
}

/// <summary><c>OrtErrorCode</c> of the C API.</summary>
public enum OnnxErrorCode
{
    Ok = 0,
    Fail = 1,
    InvalidArgument = 2,
    NoSuchFile = 3,
    NoModel = 4,
    EngineError = 5,
    RuntimeException = 6,
    InvalidProtobuf = 7,
    ModelLoaded = 8,
    NotImplemented = 9,
    InvalidGraph = 10,
    ExecutionProviderFail = 11,
    ModelLoadCanceled = 12,
    ModelRequiresCompilation = 13,
    NotFound = 14,
    DeviceReset = 15,
}
