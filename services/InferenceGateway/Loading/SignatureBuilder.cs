using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Loading;

/// <summary>What a loaded model takes and gives, as far as the protocols can carry it.</summary>
internal static class SignatureBuilder
{
    /// <summary>The model's tensors; outputs that are maps appear as the tensors that they are turned into.</summary>
    /// <exception cref="ModelRefusedException">An input cannot be carried.</exception>
    public static ModelSignature Of(OnnxModel model)
    {
        if (model.OtherInputs.Count > 0)
            throw new ModelRefusedException($"The input '{model.OtherInputs[0]}' is a sequence, a map or optional; only tensors can be sent.");
        foreach (var tensor in model.Inputs.Concat(model.Outputs))
        {
            if (Datatype.NameOf(tensor.Type) is null)
                throw new ModelRefusedException($"'{tensor.Name}' is a tensor of {tensor.Type}, which the inference protocol cannot carry.");
        }

        TensorSpec[] outputs = [.. model.Session.OutputNames.Select(name => model.Outputs.FirstOrDefault(output => output.Name == name)
            ?? new TensorSpec(name, TensorElementType.Float, [-1, -1], ["", ""]))];
        return new ModelSignature(model.Inputs, outputs, CountsRows(model));
    }

    /// <summary>
    /// Every tensor's first dimension is open and may be the same number of rows. Whether rows are independent is told by
    /// <see cref="RowCheck"/>.
    /// </summary>
    private static bool CountsRows(OnnxModel model)
    {
        var tensors = model.Inputs.Concat(model.Outputs).ToList();
        if (model.Inputs.Count == 0 || model.OtherOutputs.Count > 0 || tensors.Any(tensor => Datatype.IsText(tensor.Type) || tensor.Shape.Count == 0 || tensor.Shape[0] >= 0))
            return false;
        return model.Inputs.Select(input => input.Symbols.Count > 0 ? input.Symbols[0] : "").Distinct(StringComparer.Ordinal).Count() == 1;
    }
}
