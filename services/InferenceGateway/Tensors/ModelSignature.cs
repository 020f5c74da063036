using System.Text;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Tensors;

/// <summary>What a version takes and gives, and whether rows of several requests may be run together.</summary>
internal sealed class ModelSignature
{
    private readonly byte[][] inputNames;
    private readonly byte[][] outputNames;

    public ModelSignature(IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs, bool batchable)
    {
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        Batchable = batchable;
        inputNames = [.. inputs.Select(input => Encoding.UTF8.GetBytes(input.Name))];
        outputNames = [.. outputs.Select(output => Encoding.UTF8.GetBytes(output.Name))];
        // Rows of different requests then always have the same shape.
        OneShape = batchable && inputs.All(input => !input.Shape.Skip(1).Contains(-1));
    }

    public TensorSpec[] Inputs { get; }

    public TensorSpec[] Outputs { get; }

    /// <summary>The first dimension of every tensor counts rows that do not depend on each other.</summary>
    public bool Batchable { get; }

    /// <summary>All dimensions but the first are fixed.</summary>
    public bool OneShape { get; }

    /// <summary>Position of an input by its UTF-8 name; -1 when there is none.</summary>
    public int InputOf(ReadOnlySpan<byte> name) => PositionOf(inputNames, name);

    /// <summary>Position of an input by its name; -1 when there is none.</summary>
    public int InputOf(string name) => PositionOf(Inputs, name);

    /// <inheritdoc cref="InputOf(ReadOnlySpan{byte})"/>
    public int OutputOf(ReadOnlySpan<byte> name) => PositionOf(outputNames, name);

    /// <inheritdoc cref="InputOf(string)"/>
    public int OutputOf(string name) => PositionOf(Outputs, name);

    public ReadOnlySpan<byte> OutputName(int position) => outputNames[position];

    private static int PositionOf(TensorSpec[] tensors, string name)
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            if (tensors[i].Name == name)
                return i;
        }

        return -1;
    }

    private static int PositionOf(byte[][] names, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
                return i;
        }

        return -1;
    }
}
