namespace MlopsPlane.ModelRegistry.Content.Onnx;

/// <summary>What an ONNX file says of the model in it.</summary>
internal sealed record OnnxSignature(
    long IrVersion, long Opset, string Producer, string ProducerVersion, string GraphName, long ParameterCount,
    IReadOnlyList<OnnxTensor> Inputs, IReadOnlyList<OnnxTensor> Outputs);

/// <param name="ElementType">As ONNX names it; the kind for what is no tensor.</param>
/// <param name="Shape">Dimensions joined by commas; null when the shape is open.</param>
internal sealed record OnnxTensor(string Name, string ElementType, string? Shape);
