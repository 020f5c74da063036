using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlopsPlane.OnnxRuntime;

/// <summary>An input or output of a model.</summary>
/// <param name="Shape">Sizes of the dimensions; -1 where any size fits.</param>
/// <param name="Symbols">Names of the dimensions that any size fits, empty where they have none.</param>
public sealed record TensorSpec(string Name, TensorElementType Type, IReadOnlyList<long> Shape, IReadOnlyList<string> Symbols);
