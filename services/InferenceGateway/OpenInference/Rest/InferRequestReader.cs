using System.Buffers;
using System.Text.Json;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>
/// Reads a request of the Open Inference Protocol v2 with its binary-tensor extension into an item. Tensors that came in
/// binary form are not copied: the item refers to the request's own memory, which must stay until the answer is there.
/// </summary>
internal ref struct InferRequestReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };
    private readonly InferenceItem item;
    private readonly ReadOnlySequence<byte> json;
    private readonly SharedPlaces places;
    private ReadOnlySequence<byte> binary;
    private int used;
    private InferRequest request;

    private InferRequestReader(InferenceItem item, ReadOnlySequence<byte> json, ReadOnlySequence<byte> binary, SharedPlaces places)
    {
        (this.item, this.json, this.binary, this.places) = (item, json, binary, places);
    }

    /// <param name="json">The request's JSON.</param>
    /// <param name="binary">The tensors behind it, in the order of the inputs that have <c>binary_data_size</c>.</param>
    /// <param name="places">Where tensors may lie in shared memory; none by default.</param>
    /// <exception cref="PlaneException">400, naming the field and the rule.</exception>
    public static InferRequest Read(InferenceItem item, ReadOnlySequence<byte> json, ReadOnlySequence<byte> binary, SharedPlaces places = default)
    {
        var reader = new InferRequestReader(item, json, binary, places);
        try
        {
            return reader.Read();
        }
        catch (JsonException bad)
        {
            throw Invalid($"The request is not JSON: {bad.Message}");
        }
        catch (InvalidOperationException)
        {
            throw Invalid("The request holds a text that is not valid Unicode.");
        }
    }

    private InferRequest Read()
    {
        var reader = new Utf8JsonReader(json, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Invalid("The request must be a JSON object.");
        var hasInputs = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Many clients write null for what they leave out.
            if (reader.ValueTextEquals("id"u8))
                request.Id = JsonField.TextOrNull(ref reader, "id") ?? request.Id;
            else if (reader.ValueTextEquals("parameters"u8))
                ReadRequestParameters(ref reader);
            else if (reader.ValueTextEquals("inputs"u8))
                hasInputs = ReadInputs(ref reader);
            else if (reader.ValueTextEquals("outputs"u8))
                ReadOutputs(ref reader);
            else
                JsonField.Skip(ref reader);
        }

        reader.Read();
        if (!hasInputs)
            throw Invalid("'inputs' is missing.");
        if (binary.Length > 0)
            throw Invalid($"The body has {binary.Length} bytes more than its inputs' 'binary_data_size' account for.");
        PointToBuffer();
        return request;
    }

    private bool ReadInputs(ref Utf8JsonReader reader)
    {
        JsonField.Expect(ref reader, JsonTokenType.StartArray, "'inputs' must be an array.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            ReadInput(ref reader);
        return true;
    }

    private void ReadInput(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Invalid("An entry of 'inputs' must be an object.");
        var (position, bytes, rank, hasData) = (-1, -1L, -1, false);
        var shared = default(SharedPlaceRequest);
        Span<long> shape = stackalloc long[TensorSlot.MaxRank];
        // The elements, and of what kind they are, can only be judged once it is known what the input takes.
        Utf8JsonReader data = default, datatype = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
                position = InputOf(ref reader);
            else if (reader.ValueTextEquals("shape"u8))
                rank = ReadShape(ref reader, position, shape);
            else if (reader.ValueTextEquals("datatype"u8))
                Keep(ref reader, out datatype);
            else if (reader.ValueTextEquals("data"u8))
                hasData = Keep(ref reader, out data);
            else if (reader.ValueTextEquals("parameters"u8))
                ReadInputParameters(ref reader, ref bytes, ref shared);
            else
                JsonField.Skip(ref reader);
        }

        if (position < 0)
            throw Invalid("An entry of 'inputs' has no 'name'.");
        var (spec, slot) = (item.Signature.Inputs[position], item.Inputs[position]);
        if (slot.Present)
            throw Invalid($"The input '{spec.Name}' is given twice.");
        slot.Present = true;
        if (datatype.TokenType == JsonTokenType.None)
            throw Invalid($"The input '{spec.Name}' has no 'datatype'.");
        if (datatype.TokenType != JsonTokenType.String || !datatype.ValueTextEquals(Datatype.NameOf(spec.Type)))
            throw Invalid($"The input '{spec.Name}' has datatype {Shown(ref datatype)}; the model takes {Datatype.NameOf(spec.Type)}.");
        if (rank < 0)
            throw Invalid($"The input '{spec.Name}' has no 'shape'.");
        slot.SetShape(shape[..rank]);
        if (shared.Region is not null && (hasData || bytes >= 0))
            throw Invalid($"The input '{spec.Name}' has both '{SharedPlaceRequest.RegionKey}' and '{(hasData ? "data" : "binary_data_size")}'.");
        if (shared.Region is not null)
            slot.Data = places.Find(shared, $"input '{spec.Name}'").Read();
        else if (bytes >= 0)
            TakeBinary(spec.Name, slot, bytes, hasData);
        else if (!hasData)
            throw Invalid($"The input '{spec.Name}' has neither 'data' nor 'binary_data_size'.");
        else
            ReadData(ref data, position);
    }

    private void ReadData(ref Utf8JsonReader data, int position)
    {
        var (spec, slot) = (item.Signature.Inputs[position], item.Inputs[position]);
        if (!Datatype.HasJsonForm(spec.Type))
            throw Invalid($"The input '{spec.Name}' is {Datatype.NameOf(spec.Type)}, which has no JSON form; send it as binary data.");
        var end = new JsonTensor(item, spec.Name, spec.Type, used, ItemRules.ElementsOf(spec, slot)).Read(ref data);
        // Where the buffer lies is known when all inputs are read; until then this holds only how many bytes there are.
        slot.BufferStart = used;
        slot.BufferBytes = end - used;
        used = end;
    }

    private readonly void PointToBuffer()
    {
        var buffer = item.InputBuffer(0);
        foreach (var slot in item.Inputs)
        {
            if (slot.BufferBytes >= 0)
                slot.Data = new ReadOnlySequence<byte>(buffer, slot.BufferStart, slot.BufferBytes);
        }
    }

    private void TakeBinary(string name, TensorSlot slot, long bytes, bool hasData)
    {
        if (hasData)
            throw Invalid($"The input '{name}' has both 'data' and 'binary_data_size'.");
        if (bytes > binary.Length)
            throw Invalid($"'binary_data_size' of the input '{name}' is {bytes}; the body has {binary.Length} bytes left.");
        slot.Data = binary.Slice(0, bytes);
        binary = binary.Slice(bytes);
    }

    private readonly int ReadShape(scoped ref Utf8JsonReader reader, int position, scoped Span<long> shape)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw InvalidShape(position, "must be an array");
        var rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (rank == TensorSlot.MaxRank)
                throw InvalidShape(position, $"has more than {TensorSlot.MaxRank} dimensions");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
                throw InvalidShape(position, "must hold whole numbers of 0 or more");
            shape[rank++] = size;
        }

        return rank;
    }

    /// <param name="position">Of the input, where its name came before its shape; else -1.</param>
    private readonly PlaneException InvalidShape(int position, string rule) =>
        Invalid(position < 0 ? $"'shape' of an input {rule}." : $"'shape' of the input '{item.Signature.Inputs[position].Name}' {rule}.");

    private void ReadOutputs(ref Utf8JsonReader reader)
    {
        if (!JsonField.ExpectOrNull(ref reader, JsonTokenType.StartArray, "'outputs' must be an array."))
            return;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Invalid("An entry of 'outputs' must be an object.");
            request.NamesOutputs = true;
            OutputRequest.Read(ref reader, item, places);
        }
    }

    private void ReadRequestParameters(ref Utf8JsonReader reader)
    {
        if (!JsonField.ExpectOrNull(ref reader, JsonTokenType.StartObject, "'parameters' must be an object."))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("priority"u8))
                request.Priority = JsonField.Count(ref reader, "priority");
            else if (reader.ValueTextEquals("timeout"u8))
                request.TimeoutMicroseconds = JsonField.Count(ref reader, "timeout");
            else if (reader.ValueTextEquals("binary_data_output"u8))
                request.BinaryOutput = JsonField.Flag(ref reader, "binary_data_output");
            else
                JsonField.Skip(ref reader);
        }
    }

    private static void ReadInputParameters(ref Utf8JsonReader reader, ref long bytes, ref SharedPlaceRequest shared)
    {
        if (!JsonField.ExpectOrNull(ref reader, JsonTokenType.StartObject, "'parameters' of an input must be an object."))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("binary_data_size"u8))
                bytes = checked((long)Math.Min(JsonField.Count(ref reader, "binary_data_size"), long.MaxValue));
            else if (!SharedPlaceParameters.TryRead(ref reader, ref shared))
                JsonField.Skip(ref reader);
        }
    }

    private readonly int InputOf(ref Utf8JsonReader reader)
    {
        if (JsonField.PlainText(ref reader, "name", out var plain) && item.Signature.InputOf(plain) is >= 0 and var found)
            return found;
        var name = reader.GetString()!;
        return item.Signature.InputOf(name) is >= 0 and var position
            ? position
            : throw Invalid($"The model has no input '{ItemRules.Shown(name)}'; it takes {ItemRules.Names(item.Signature.Inputs)}.");
    }

    /// <summary>A reader that stands at the value, which the reader itself passes over.</summary>
    /// <returns>True.</returns>
    private static bool Keep(scoped ref Utf8JsonReader reader, out Utf8JsonReader kept)
    {
        reader.Read();
        kept = reader;
        reader.Skip();
        return true;
    }

    private static string Shown(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String ? $"'{ItemRules.Shown(reader.GetString()!)}'" : "of another kind";

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
