using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>
/// Runs a request by itself, with values made for it: models that take or give text or maps, and adapters, cannot use
/// memory that was bound before.
/// </summary>
internal static class PlainRun
{
    /// <exception cref="OnnxRuntimeException">The model failed.</exception>
    public static void Run(OnnxModel model, InferenceItem item, RunOptions options)
    {
        var signature = item.Signature;
        var inputs = new OrtValue[signature.Inputs.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++)
                inputs[i] = ValueOf(signature.Inputs[i], item.Inputs[i]);
            item.ComputeAt = Stopwatch.GetTimestamp();
            using var outputs = model.Session.Run(
                options, [.. signature.Inputs.Select(input => input.Name)], inputs, [.. signature.Outputs.Select(output => output.Name)]);
            item.ComputedAt = Stopwatch.GetTimestamp();
            var shown = outputs.Select(output => output.IsTensor ? output : Probabilities.Flatten(output)).ToList();
            try
            {
                OutputCopy.From(shown, batchable: false, [item]);
            }
            finally
            {
                foreach (var flattened in shown.Except(outputs))
                    flattened.Dispose();
            }
        }
        finally
        {
            foreach (var input in inputs)
                input?.Dispose();
        }
    }

    private static OrtValue ValueOf(TensorSpec spec, TensorSlot slot)
    {
        var shape = slot.Shape.ToArray();
        if (!Datatype.IsText(spec.Type))
        {
            var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, spec.Type, shape);
            slot.Data.CopyTo(value.GetTensorMutableRawData());
            return value;
        }

        var texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var rest = slot.Data.IsSingleSegment ? slot.Data.FirstSpan : slot.Data.ToArray();
        for (var i = 0; rest.Length > 0; i++)
        {
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest);
            texts.StringTensorSetElementAt(rest.Slice(sizeof(uint), length), i);
            rest = rest[(sizeof(uint) + length)..];
        }

        return texts;
    }
}
