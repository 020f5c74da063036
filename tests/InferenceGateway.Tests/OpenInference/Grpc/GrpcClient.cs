using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MlopsPlane.InferenceGateway.OpenInference.Grpc;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

/// <summary>Speaks the protocol over gRPC, in a workspace.</summary>
internal sealed class GrpcClient(IGrpcPlane plane, string workspace, string? key = null, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly GrpcChannel channel = GrpcChannel.ForAddress(plane.GrpcAddress, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null, HttpHandler = handler });

    public Metadata Headers { get; } = key is null
        ? new Metadata { { "x-mlflow-workspace", workspace } }
        : new Metadata { { "x-mlflow-workspace", workspace }, { "authorization", $"Bearer {key}" } };

    public AsyncUnaryCall<TResponse> Start<TRequest, TResponse>(string method, TRequest request, TimeSpan? within = null, CancellationToken ct = default)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new() =>
        channel.CreateCallInvoker().AsyncUnaryCall(GrpcMethods.Of<TRequest, TResponse>(MethodType.Unary, method), null, new CallOptions(Headers, TimeProvider.System.GetUtcNow().UtcDateTime + within, ct), request);

    public async Task<TResponse> AskAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new() =>
        await Start<TRequest, TResponse>(method, request);

    public AsyncUnaryCall<ModelInferResponse> StartInfer(ModelInferRequest request, TimeSpan? within = null, CancellationToken ct = default) =>
        Start<ModelInferRequest, ModelInferResponse>("ModelInfer", request, within, ct);

    public async Task<ModelInferResponse> InferAsync(ModelInferRequest request) => await StartInfer(request);

    public AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> Stream(params Metadata.Entry[] more)
    {
        var headers = new Metadata();
        foreach (var entry in Headers.Concat(more))
            headers.Add(entry);
        return channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            GrpcMethods.Of<ModelInferRequest, ModelStreamInferResponse>(MethodType.DuplexStreaming, "ModelStreamInfer"), null, new CallOptions(headers));
    }

    /// <summary>Sends bytes that are no message.</summary>
    public async Task<byte[]> SendBytesAsync(string method, byte[] bytes)
    {
        var marshaller = Marshallers.Create(static (byte[] message) => message, static bytes => bytes);
        return await channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, GrpcMethods.Service, method, marshaller, marshaller), null, new CallOptions(Headers), bytes);
    }

    /// <summary>Expects a status, and a message that says this.</summary>
    public static async Task<RpcException> RefusedAsync(Func<Task> call, StatusCode status, params string[] said)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(refused.StatusCode == status, refused.ToString());
        Assert.All(said, part => Assert.Contains(part, refused.Status.Detail, StringComparison.Ordinal));
        return refused;
    }

    public Task<RpcException> RefusedAsync(ModelInferRequest request, StatusCode status, params string[] said) =>
        RefusedAsync(() => InferAsync(request), status, said);

    /// <summary>A request with one input of raw bytes.</summary>
    public static ModelInferRequest Raw(string model, string datatype, long[] shape, byte[] data, string name = "x") => new()
    {
        ModelName = model,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = name, Datatype = datatype, Shape = { shape } } },
        RawInputContents = { ByteString.CopyFrom(data) },
    };

    /// <summary>A request with one input in a field of its type.</summary>
    public static ModelInferRequest Typed(string model, string datatype, long[] shape, InferTensorContents contents, string name = "x") => new()
    {
        ModelName = model,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = name, Datatype = datatype, Shape = { shape }, Contents = contents } },
    };

    public static ModelInferRequest Floats(string model, long[] shape, params float[] values) =>
        Typed(model, "FP32", shape, new() { Fp32Contents = { values } });

    public void Dispose() => channel.Dispose();
}
