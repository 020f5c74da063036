using Google.Protobuf;
using Grpc.Core;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>Reads and writes messages where they lie.</summary>
internal static class WireMarshaller
{
    public static Marshaller<T> Of<T>() where T : class, IBufferMessage, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(static () => new T());
        return new Marshaller<T>(Write, context => Read(parser, context));
    }

    private static void Write<T>(T message, SerializationContext context) where T : IBufferMessage, IMessage<T>
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private static T Read<T>(MessageParser<T> parser, DeserializationContext context) where T : IBufferMessage, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(context.PayloadAsReadOnlySequence());
        }
        catch (InvalidProtocolBufferException bad)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The message is no {typeof(T).Name}: {bad.Message}"));
        }
    }
}
