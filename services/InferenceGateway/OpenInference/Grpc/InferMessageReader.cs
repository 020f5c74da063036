using System.Buffers;
using Google.Protobuf.Collections;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.OpenInference.Rest;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>
/// Reads a request's message into an item. Raw tensors are not copied: the item refers to the message's memory.
/// </summary>
internal static class InferMessageReader
{
    /// <exception cref="PlaneException">400, naming the field and the rule.</exception>
    public static InferRequest Read(InferenceItem item, ModelInferRequest message, HttpContext http, SharedMemoryRegions regions)
    {
        var request = new InferRequest
        {
            Id = message.Id,
            Priority = Count(message.Parameters, "priority", "the request"),
            TimeoutMicroseconds = Count(message.Parameters, "timeout", "the request"),
            NamesOutputs = message.Outputs.Count > 0,
        };
        ReadInputs(item, message, http, regions);
        foreach (var output in message.Outputs)
            ReadOutput(item, output, http, regions);
        return request;
    }

    private static void ReadInputs(InferenceItem item, ModelInferRequest message, HttpContext http, SharedMemoryRegions regions)
    {
        var raw = message.RawInputContents;
        var (taken, typed) = (0, 0L);
        foreach (var input in message.Inputs)
        {
            var position = Place(item, input);
            var slot = item.Inputs[position];
            if (input.Parameters.Count > 0 && Shared(input.Parameters, $"input '{input.Name}'", http, regions) is { } place)
            {
                if (input.Contents is not null)
                    throw Invalid($"The input '{input.Name}' has both 'contents' and '{SharedPlaceRequest.RegionKey}'.");
                slot.Data = place.Read();
            }
            else if (raw.Count == 0)
            {
                slot.BufferBytes = Size(typed, TypedContents.SizeOf(item.Signature.Inputs[position], input.Contents ?? Nothing));
                typed += slot.BufferBytes;
            }
            else if (input.Contents is not null)
            {
                throw Invalid($"The input '{input.Name}' has 'contents', and the request has 'raw_input_contents': use one or the other for all inputs.");
            }
            else if (taken < raw.Count)
            {
                slot.Data = new ReadOnlySequence<byte>(raw[taken++].Memory);
            }
            else
            {
                throw Invalid($"'raw_input_contents' has {raw.Count} entries and none for the input '{input.Name}'.");
            }
        }

        if (taken < raw.Count)
            throw Invalid($"'raw_input_contents' has {raw.Count} entries; {taken} inputs take one.");
        if (raw.Count == 0)
            WriteTyped(item, message, (int)typed);
    }

    private static void WriteTyped(InferenceItem item, ModelInferRequest message, int bytes)
    {
        var (buffer, at) = (item.InputBuffer(bytes), 0);
        foreach (var input in message.Inputs)
        {
            var position = item.Signature.InputOf(input.Name);
            var slot = item.Inputs[position];
            if (slot.BufferBytes < 0)
                continue;
            TypedContents.Write(item.Signature.Inputs[position], input.Contents ?? Nothing, buffer.AsSpan(at, slot.BufferBytes));
            slot.Data = new ReadOnlySequence<byte>(buffer, at, slot.BufferBytes);
            at += slot.BufferBytes;
        }
    }

    /// <summary>Finds the input that is meant, and takes its shape.</summary>
    private static int Place(InferenceItem item, ModelInferRequest.Types.InferInputTensor input)
    {
        var signature = item.Signature;
        var position = signature.InputOf(input.Name);
        if (position < 0)
            throw Invalid($"The model has no input '{ItemRules.Shown(input.Name)}'; it takes {ItemRules.Names(signature.Inputs)}.");
        var (spec, slot) = (signature.Inputs[position], item.Inputs[position]);
        if (slot.Present)
            throw Invalid($"The input '{spec.Name}' is given twice.");
        slot.Present = true;
        if (input.Datatype != Datatype.NameOf(spec.Type))
            throw Invalid($"The input '{spec.Name}' has datatype '{ItemRules.Shown(input.Datatype)}'; the model takes {Datatype.NameOf(spec.Type)}.");
        if (input.Shape.Count > TensorSlot.MaxRank)
            throw Invalid($"'shape' of the input '{spec.Name}' has more than {TensorSlot.MaxRank} dimensions.");
        var shape = slot.ResetShape(input.Shape.Count);
        for (var i = 0; i < shape.Length; i++)
            shape[i] = input.Shape[i] >= 0 ? input.Shape[i] : throw Invalid($"'shape' of the input '{spec.Name}' must hold whole numbers of 0 or more.");
        return position;
    }

    private static void ReadOutput(
        InferenceItem item, ModelInferRequest.Types.InferRequestedOutputTensor output, HttpContext http, SharedMemoryRegions regions)
    {
        var position = item.Signature.OutputOf(output.Name);
        if (position < 0)
            throw OutputRequest.Unknown(item, output.Name);
        OutputRequest.Mark(item, position, binary: true, output.Parameters.Count == 0 ? 0 : Count(output.Parameters, "classification", $"the output '{output.Name}'"));
        if (output.Parameters.Count > 0 && Shared(output.Parameters, $"output '{output.Name}'", http, regions) is { } place)
            item.Outputs[position].Place = place;
    }

    private static SharedPlace? Shared(MapField<string, InferParameter> parameters, string tensor, HttpContext http, SharedMemoryRegions regions)
    {
        if (!parameters.TryGetValue(SharedPlaceRequest.RegionKey, out var region))
            return null;
        if (region.ParameterChoiceCase != InferParameter.ParameterChoiceOneofCase.StringParam || region.StringParam.Length == 0)
            throw Invalid($"'{SharedPlaceRequest.RegionKey}' of the {tensor} must be the name of a region.");
        var asked = new SharedPlaceRequest
        {
            Region = region.StringParam,
            Offset = Count(parameters, SharedPlaceRequest.OffsetKey, "the " + tensor),
            Bytes = Count(parameters, SharedPlaceRequest.BytesKey, "the " + tensor),
        };
        return regions.Place(http, asked, tensor);
    }

    /// <summary>A parameter that counts something; 0 when it is not given.</summary>
    private static ulong Count(MapField<string, InferParameter> parameters, string name, string of)
    {
        if (parameters.Count == 0 || !parameters.TryGetValue(name, out var value))
            return 0;
        return value.ParameterChoiceCase switch
        {
            InferParameter.ParameterChoiceOneofCase.Uint64Param => value.Uint64Param,
            InferParameter.ParameterChoiceOneofCase.Int64Param when value.Int64Param >= 0 => (ulong)value.Int64Param,
            _ => throw Invalid($"'{name}' of {of} must be a whole number of 0 or more."),
        };
    }

    private static int Size(long before, long bytes) => before + bytes <= Array.MaxLength
        ? (int)bytes
        : throw new PlaneError(StatusCodes.Status413PayloadTooLarge, "body_too_large", "The tensors of the request are too large.").ToException();

    private static InferTensorContents Nothing { get; } = new();

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
