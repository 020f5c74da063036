using MlopsPlane.ModelRegistry.Content.Onnx;

namespace MlopsPlane.ModelRegistry.Content;

/// <summary>The rows that keep a signature.</summary>
internal static class SignatureRows
{
    public static IEnumerable<object> Of(VersionContent content, string path, OnnxSignature signature)
    {
        yield return new VersionSignature
        {
            ModelKey = content.ModelKey,
            Version = content.Version,
            Path = path,
            IrVersion = signature.IrVersion,
            Opset = signature.Opset,
            Producer = signature.Producer,
            ProducerVersion = signature.ProducerVersion,
            GraphName = signature.GraphName,
            ParameterCount = signature.ParameterCount,
        };
        foreach (var tensor in Tensors(content, SignatureTensor.Input, signature.Inputs).Concat(Tensors(content, SignatureTensor.Output, signature.Outputs)))
            yield return tensor;
    }

    private static IEnumerable<SignatureTensor> Tensors(VersionContent content, string direction, IReadOnlyList<OnnxTensor> tensors) =>
        tensors.Select((tensor, position) => new SignatureTensor
        {
            ModelKey = content.ModelKey,
            Version = content.Version,
            Direction = direction,
            Position = position,
            WorkspaceId = content.WorkspaceId,
            Name = tensor.Name,
            ElementType = tensor.ElementType,
            Shape = tensor.Shape,
        });
}
