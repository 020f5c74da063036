using System.Buffers;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring.Reading;

/// <summary>Reads a scoring request in JSON: a dictionary with exactly one of the four formats.</summary>
internal static class ScoringJson
{
    private const int MostFields = 100;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private enum Format
    {
        None,
        Split,
        Records,
        Instances,
        Inputs,
    }

    /// <summary>Fills the item's inputs.</summary>
    /// <returns>Whether they were the rows of a data frame.</returns>
    /// <exception cref="PlaneException">400, with MLflow's message where it has one.</exception>
    public static bool Read(ReadOnlySequence<byte> body, ColumnPlan plan, InferenceItem item)
    {
        try
        {
            var reader = new Utf8JsonReader(body, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw ScoringErrors.NotOneFormat(reader.TokenType == JsonTokenType.StartArray ? "a list" : "unexpected input type");
            var format = Find(ref reader, out var value);
            switch (format)
            {
                case Format.Split:
                    FrameJson.ReadSplit(ref value, plan, item);
                    return true;
                case Format.Records:
                    FrameJson.ReadRecords(ref value, plan, item);
                    return true;
                case Format.Instances when value.TokenType == JsonTokenType.StartArray && FrameJson.IsListOf(value, JsonTokenType.StartObject):
                    FrameJson.ReadRecords(ref value, plan, item);
                    return plan.HasColumns;
                default:
                    ReadTensors(ref value, plan, item, format == Format.Instances ? "instances" : "inputs");
                    return plan.HasColumns;
            }
        }
        catch (JsonException bad)
        {
            throw ScoringErrors.NotJson(bad.Message);
        }
        catch (InvalidOperationException)
        {
            throw ScoringErrors.NotJson("a text is not valid Unicode.");
        }
    }

    /// <summary>Looks through the whole dictionary.</summary>
    /// <param name="value">Stands at the value of the one format.</param>
    private static Format Find(ref Utf8JsonReader reader, out Utf8JsonReader value)
    {
        var (format, formats, fields) = (Format.None, 0, new List<string>());
        value = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (fields.Count < MostFields)
                fields.Add(reader.GetString()!);
            var found = FormatOf(ref reader);
            var isParams = reader.ValueTextEquals("params"u8);
            reader.Read();
            if (isParams && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
                throw ScoringErrors.Invalid("Invalid input. 'params' must be a dictionary.");
            if (found != Format.None)
            {
                formats += found == format ? 0 : 1;
                format = found;
                value = reader;
            }

            reader.Skip();
        }

        // What follows the dictionary is no JSON.
        reader.Read();
        return formats == 1 ? format : throw ScoringErrors.NotOneFormat($"dictionary with input fields: {ScoringErrors.Shown(fields)}");
    }

    private static Format FormatOf(ref Utf8JsonReader name)
    {
        if (name.ValueTextEquals("dataframe_split"u8))
            return Format.Split;
        if (name.ValueTextEquals("dataframe_records"u8))
            return Format.Records;
        if (name.ValueTextEquals("instances"u8))
            return Format.Instances;
        return name.ValueTextEquals("inputs"u8) ? Format.Inputs : Format.None;
    }

    private static void ReadTensors(ref Utf8JsonReader value, ColumnPlan plan, InferenceItem item, string format)
    {
        var isDictionary = value.TokenType == JsonTokenType.StartObject;
        if (plan.HasColumns)
        {
            if (isDictionary)
                FrameJson.ReadColumns(ref value, plan, item);
            else
                FrameJson.ReadRows(ref value, map: null, plan, item, format);
        }
        else if (isDictionary)
        {
            ReadNamed(ref value, item);
        }
        else if (item.Signature.Inputs is [var only])
        {
            NestedTensor.Read(ref value, only, item.Inputs[0]);
        }
        else
        {
            throw ScoringErrors.Invalid(
                "Unable to map numpy array input to the expected model input. Numpy arrays can only be used as input for MLflow ONNX models that have a single input. "
                + $"This model requires {item.Signature.Inputs.Length} inputs. Please pass in data as either a dictionary or a DataFrame with the following tensors: "
                + $"{ScoringErrors.Shown([.. item.Signature.Inputs.Select(input => input.Name)])}.");
        }
    }

    private static void ReadNamed(ref Utf8JsonReader value, InferenceItem item)
    {
        var extra = new List<string>();
        while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
        {
            var name = value.GetString()!;
            var position = item.Signature.InputOf(name);
            value.Read();
            if (position >= 0)
                NestedTensor.Read(ref value, item.Signature.Inputs[position], item.Inputs[position]);
            else
                value.Skip();
            if (position < 0 && extra.Count < MostFields)
                extra.Add(name);
        }

        var missing = item.Signature.Inputs.Where((_, i) => !item.Inputs[i].Present).Select(input => input.Name).ToList();
        if (missing.Count > 0)
            throw ScoringErrors.Invalid($"Model is missing inputs {ScoringErrors.Shown(missing)}." + (extra.Count > 0 ? $" Note that there were extra inputs: {ScoringErrors.Shown(extra)}" : ""));
    }
}
