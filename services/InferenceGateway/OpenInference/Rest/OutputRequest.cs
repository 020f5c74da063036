using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>One entry of a request's <c>outputs</c>.</summary>
internal static class OutputRequest
{
    /// <summary>Reads the object that the reader stands in and marks the output in the item.</summary>
    /// <exception cref="PlaneException">400, naming the field and the rule.</exception>
    public static void Read(ref Utf8JsonReader reader, InferenceItem item, SharedPlaces places)
    {
        string? name = null;
        var (binary, classes, shared) = (false, 0UL, default(SharedPlaceRequest));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
                name = InferRequestReader.Text(ref reader, "name");
            else if (reader.ValueTextEquals("parameters"u8) && !InferRequestReader.IsNull(reader))
                ReadParameters(ref reader, ref binary, ref classes, ref shared);
            else
                InferRequestReader.Skip(ref reader);
        }

        if (name is null)
            throw Invalid("An entry of 'outputs' has no 'name'.");
        Mark(item, name, binary, classes);
        if (shared.Region is not null)
            item.Outputs[item.Signature.OutputOf(Encoding.UTF8.GetBytes(name))].Place = places.Find(shared, $"output '{name}'");
    }

    /// <summary>Marks an output as asked for.</summary>
    /// <exception cref="PlaneException">400: there is no such output, or it cannot be given so.</exception>
    public static void Mark(InferenceItem item, string name, bool binary, ulong classes)
    {
        var signature = item.Signature;
        var position = signature.OutputOf(Encoding.UTF8.GetBytes(name));
        if (position < 0)
            throw Invalid($"The model has no output '{ItemRules.Shown(name)}'; it gives {ItemRules.Names(signature.Outputs)}.");
        var slot = item.Outputs[position];
        if (slot.Present)
            throw Invalid($"The output '{name}' is asked for twice.");
        if (classes > int.MaxValue)
            throw Invalid($"'classification' of the output '{name}' is too large.");
        if (classes > 0 && Datatype.IsText(signature.Outputs[position].Type))
            throw Invalid($"The output '{name}' is BYTES and has no classification.");
        (slot.Present, slot.Binary, slot.Classes) = (true, binary, (int)classes);
    }

    private static void ReadParameters(ref Utf8JsonReader reader, ref bool binary, ref ulong classes, ref SharedPlaceRequest shared)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Invalid("'parameters' of an output must be an object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("binary_data"u8))
                binary = InferRequestReader.Flag(ref reader, "binary_data");
            else if (reader.ValueTextEquals("classification"u8))
                classes = InferRequestReader.Count(ref reader, "classification");
            else if (!SharedPlaceParameters.TryRead(ref reader, ref shared))
                InferRequestReader.Skip(ref reader);
        }
    }

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
