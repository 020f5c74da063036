using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The methods of <c>inference.GRPCInferenceService</c>: what each asks of its callers, and who answers it.</summary>
internal sealed class GrpcMethods(
    GrpcServer server, GrpcModels models, GrpcInference inference, GrpcStream stream, GrpcSharedMemory memory, GrpcSettings settings, GrpcHop hop,
    GrpcErrors errors)
    : IServiceMethodProvider<GrpcFront>
{
    public const string Service = "inference.GRPCInferenceService";
    private static readonly WriteOptions AsIs = new(WriteFlags.NoCompress);
    private static readonly AccessPolicy Inferring = AccessPolicy.Infer(ResourceKind.Deployment) with { HandlerNames = true };
    private static readonly AccessPolicy Listing = AccessPolicy.Infer(ResourceKind.Deployment) with { HandlerFilters = true };
    private static readonly AccessPolicy Loading = AccessPolicy.Write(ResourceKind.Deployment) with { HandlerNames = true };
    private static readonly AccessPolicy Operating = AccessPolicy.Admin(ResourceKind.Operations) with { InAllWorkspaces = true };

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<GrpcFront> context)
    {
        Unary<ServerLiveRequest, ServerLiveResponse>(context, "ServerLive", AccessPolicy.Public, GrpcServer.Live);
        Unary<ServerReadyRequest, ServerReadyResponse>(context, "ServerReady", AccessPolicy.Public, server.ReadyAsync);
        Unary<ServerMetadataRequest, ServerMetadataResponse>(context, "ServerMetadata", AccessPolicy.Anyone, server.Metadata);
        Unary<ModelReadyRequest, ModelReadyResponse>(context, "ModelReady", Inferring, ReadyAsync);
        Unary<ModelMetadataRequest, ModelMetadataResponse>(context, "ModelMetadata", Inferring, Held<ModelMetadataRequest, ModelMetadataResponse>("ModelMetadata", ask => ask.Name, models.Metadata, loads: true));
        Unary<ModelConfigRequest, ModelConfigResponse>(context, "ModelConfig", Inferring, Held<ModelConfigRequest, ModelConfigResponse>("ModelConfig", ask => ask.Name, models.Config, loads: true));
        Unary<ModelStatisticsRequest, ModelStatisticsResponse>(context, "ModelStatistics", Listing, Held<ModelStatisticsRequest, ModelStatisticsResponse>("ModelStatistics", ask => ask.Name, models.Statistics, loads: false));
        Unary<ModelInferRequest, ModelInferResponse>(context, "ModelInfer", Inferring, inference.InferAsync);
        context.AddDuplexStreamingMethod(
            Of<ModelInferRequest, ModelStreamInferResponse>(MethodType.DuplexStreaming, "ModelStreamInfer"), About("ModelStreamInfer", Inferring),
            (_, requests, answers, call) => stream.InferAsync(requests, answers, Compressing(call)));
        Unary<RepositoryIndexRequest, RepositoryIndexResponse>(context, "RepositoryIndex", Listing, models.Index);
        Unary<RepositoryModelLoadRequest, RepositoryModelLoadResponse>(context, "RepositoryModelLoad", Loading, models.LoadAsync);
        Unary<RepositoryModelUnloadRequest, RepositoryModelUnloadResponse>(context, "RepositoryModelUnload", Loading, models.UnloadAsync);
        var sharing = SharedMemoryEndpoints.Policy;
        Unary<SystemSharedMemoryStatusRequest, SystemSharedMemoryStatusResponse>(context, "SystemSharedMemoryStatus", sharing, memory.Status);
        Unary<SystemSharedMemoryRegisterRequest, SystemSharedMemoryRegisterResponse>(context, "SystemSharedMemoryRegister", sharing, memory.Register);
        Unary<SystemSharedMemoryUnregisterRequest, SystemSharedMemoryUnregisterResponse>(context, "SystemSharedMemoryUnregister", sharing, memory.Unregister);
        Unary<CudaSharedMemoryStatusRequest, CudaSharedMemoryStatusResponse>(context, "CudaSharedMemoryStatus", sharing, NoCuda<CudaSharedMemoryStatusResponse>);
        Unary<CudaSharedMemoryRegisterRequest, CudaSharedMemoryRegisterResponse>(context, "CudaSharedMemoryRegister", sharing, NoCuda<CudaSharedMemoryRegisterResponse>);
        Unary<CudaSharedMemoryUnregisterRequest, CudaSharedMemoryUnregisterResponse>(context, "CudaSharedMemoryUnregister", sharing, NoCuda<CudaSharedMemoryUnregisterResponse>);
        Unary<TraceSettingRequest, TraceSettingResponse>(context, "TraceSetting", Operating, settings.Trace);
        Unary<LogSettingsRequest, LogSettingsResponse>(context, "LogSettings", Operating, settings.Logging);
    }

    public static Method<TRequest, TResponse> Of<TRequest, TResponse>(MethodType type, string name)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new() =>
        new(type, Service, name, WireMarshaller.Of<TRequest>(), WireMarshaller.Of<TResponse>());

    private async Task<ModelReadyResponse> ReadyAsync(ModelReadyRequest request, ServerCallContext call)
    {
        try
        {
            return await Held<ModelReadyRequest, ModelReadyResponse>("ModelReady", ask => ask.Name, models.Ready, loads: false)(request, call);
        }
        catch (PlaneException nowhere) when (nowhere.Error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return new() { Ready = false };
        }
    }

    /// <summary>Answered by a replica that holds the model.</summary>
    private Func<TRequest, ServerCallContext, Task<TResponse>> Held<TRequest, TResponse>(
        string method, Func<TRequest, string> nameOf, Func<TRequest, HttpContext, TResponse> here, bool loads)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new() => async (request, call) =>
        await hop.AskAsync<TRequest, TResponse>(method, nameOf(request), request, call, loads, call.CancellationToken) ?? here(request, call.GetHttpContext());

    private void Unary<TRequest, TResponse>(
        ServiceMethodProviderContext<GrpcFront> context, string name, AccessPolicy policy, Func<TRequest, HttpContext, TResponse> answer)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new() =>
        Unary<TRequest, TResponse>(context, name, policy, (request, call) => Task.FromResult(answer(request, call.GetHttpContext())));

    private void Unary<TRequest, TResponse>(
        ServiceMethodProviderContext<GrpcFront> context, string name, AccessPolicy policy, Func<TRequest, ServerCallContext, Task<TResponse>> answer)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new() =>
        context.AddUnaryMethod(Of<TRequest, TResponse>(MethodType.Unary, name), About(name, policy), async (_, request, call) =>
        {
            try
            {
                return await answer(request, Compressing(call));
            }
            catch (Exception failure)
            {
                throw errors.StatusOf(failure, call);
            }
        });

    /// <summary>Nearly all clients say that they can read gzip; those that gain by it use it themselves.</summary>
    private static ServerCallContext Compressing(ServerCallContext call)
    {
        if (!call.GetHttpContext().Request.Headers.TryGetValue("grpc-encoding", out var encoding) || encoding != "gzip")
            call.WriteOptions = AsIs;
        return call;
    }

    private static List<object> About(string name, AccessPolicy policy) => [policy, new HttpMethodMetadata(["POST"]), new EndpointNameMetadata($"inference.Grpc.{name}")];

    private static TResponse NoCuda<TResponse>(object request, HttpContext http) => throw SharedMemoryRegions.NoCuda();
}
