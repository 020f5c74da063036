using Google.Protobuf;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>
/// Makes an item's answer a message. Tensors are always raw, as Triton gives them; they are not copied: the message
/// refers to the item's memory, and must be on the wire before the call ends.
/// </summary>
internal static class InferMessageWriter
{
    public static ModelInferResponse Write(InferenceCall call, InferRequest request, string id)
    {
        var item = call.Item;
        var message = new ModelInferResponse
        {
            ModelName = call.Deployment.Spec.Name,
            ModelVersion = call.Version.VersionText,
            Id = id,
            Parameters =
            {
                ["prediction_id"] = new() { StringParam = id },
                ["variant"] = new() { StringParam = call.Variant.Spec.Name },
            },
        };
        for (var i = 0; i < item.Outputs.Length; i++)
        {
            if (!request.NamesOutputs || item.Outputs[i].Present)
                Write(message, item, i);
        }

        return message;
    }

    private static void Write(ModelInferResponse message, InferenceItem item, int position)
    {
        var (spec, slot) = (item.Signature.Outputs[position], item.Outputs[position]);
        var type = slot.Classes > 0 ? Classification.Apply(slot, spec.Type) : spec.Type;
        var tensor = new ModelInferResponse.Types.InferOutputTensor { Name = spec.Name, Datatype = Datatype.NameOf(type) };
        foreach (var size in slot.Shape)
            tensor.Shape.Add(size);
        message.Outputs.Add(tensor);
        if (slot.Place is not { } place)
        {
            message.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(slot.Data.First));
            return;
        }

        place.Write(spec.Name, slot.Data);
        tensor.Parameters[SharedPlaceRequest.RegionKey] = new() { StringParam = place.Region.Name };
        tensor.Parameters[SharedPlaceRequest.OffsetKey] = new() { Int64Param = place.Offset };
        tensor.Parameters[SharedPlaceRequest.BytesKey] = new() { Int64Param = slot.Data.Length };
        // Clients count on an entry for every output.
        message.RawOutputContents.Add(ByteString.Empty);
    }
}
