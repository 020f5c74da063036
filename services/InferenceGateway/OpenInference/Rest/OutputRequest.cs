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
        var position = -1;
        var (binary, classes, shared) = (false, 0UL, default(SharedPlaceRequest));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
                position = PositionOf(ref reader, item);
            else if (reader.ValueTextEquals("parameters"u8))
                ReadParameters(ref reader, ref binary, ref classes, ref shared);
            else
                JsonField.Skip(ref reader);
        }

        if (position < 0)
            throw Invalid("An entry of 'outputs' has no 'name'.");
        Mark(item, position, binary, classes);
        if (shared.Region is not null)
            item.Outputs[position].Place = places.Find(shared, $"output '{item.Signature.Outputs[position].Name}'");
    }

    /// <summary>Marks an output as asked for.</summary>
    /// <exception cref="PlaneException">400: it cannot be given so, or was asked for before.</exception>
    public static void Mark(InferenceItem item, int position, bool binary, ulong classes)
    {
        var (spec, slot) = (item.Signature.Outputs[position], item.Outputs[position]);
        if (slot.Present)
            throw Invalid($"The output '{spec.Name}' is asked for twice.");
        if (classes > int.MaxValue)
            throw Invalid($"'classification' of the output '{spec.Name}' is too large.");
        if (classes > 0 && Datatype.IsText(spec.Type))
            throw Invalid($"The output '{spec.Name}' is BYTES and has no classification.");
        (slot.Present, slot.Binary, slot.Classes) = (true, binary, (int)classes);
    }

    /// <summary>What is told of an output that the model does not give.</summary>
    public static PlaneException Unknown(InferenceItem item, string name) =>
        Invalid($"The model has no output '{ItemRules.Shown(name)}'; it gives {ItemRules.Names(item.Signature.Outputs)}.");

    private static int PositionOf(ref Utf8JsonReader reader, InferenceItem item)
    {
        if (JsonField.PlainText(ref reader, "name", out var plain) && item.Signature.OutputOf(plain) is >= 0 and var found)
            return found;
        var name = reader.GetString()!;
        return item.Signature.OutputOf(name) is >= 0 and var position ? position : throw Unknown(item, name);
    }

    private static void ReadParameters(ref Utf8JsonReader reader, ref bool binary, ref ulong classes, ref SharedPlaceRequest shared)
    {
        if (!JsonField.ExpectOrNull(ref reader, JsonTokenType.StartObject, "'parameters' of an output must be an object."))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("binary_data"u8))
                binary = JsonField.Flag(ref reader, "binary_data");
            else if (reader.ValueTextEquals("classification"u8))
                classes = JsonField.Count(ref reader, "classification");
            else if (!SharedPlaceParameters.TryRead(ref reader, ref shared))
                JsonField.Skip(ref reader);
        }
    }

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
