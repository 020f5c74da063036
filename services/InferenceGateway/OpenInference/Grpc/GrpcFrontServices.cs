using System.IO.Compression;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.Web.Errors;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The Open Inference Protocol v2 over gRPC, with Triton's extensions.</summary>
internal static class GrpcFrontServices
{
    public static void AddGrpcFront(this IServiceCollection services)
    {
        services.AddGrpc(grpc =>
        {
            grpc.IgnoreUnknownServices = true;
            grpc.EnableDetailedErrors = false;
            // Of clients that read it, those are answered so who compress what they send: see GrpcMethods.
            grpc.ResponseCompressionAlgorithm = "gzip";
            grpc.ResponseCompressionLevel = CompressionLevel.Fastest;
        });
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<ServingOptions>>(
            (grpc, serving) => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = ((int)serving.Value.MaxBodyBytes, null));
        // It tells of each refusal.
        services.AddLogging(logging => logging.AddFilter("Grpc", LogLevel.Warning));
        services.AddSingleton<GrpcFront>().AddSingleton<GrpcErrors>();
        services.AddSingleton<GrpcServer>().AddSingleton<GrpcModels>().AddSingleton<ModelSwitch>().AddSingleton<ServerSettings>().AddSingleton<GrpcSettings>().AddSingleton<GrpcSharedMemory>();
        services.AddSingleton<GrpcInference>().AddSingleton<GrpcStream>().AddSingleton<SharedMemoryRegions>();
        services.AddSingleton<IServiceMethodProvider<GrpcFront>, GrpcMethods>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IErrorShape, GrpcErrorShape>());
    }

    public static void MapGrpcFront(this IEndpointRouteBuilder routes) => routes.MapGrpcService<GrpcFront>().WithMetadata(new NoBodyLimit());

    /// <summary>gRPC has its own limit, of a message; a stream has as many of them as it likes.</summary>
    private sealed class NoBodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}

/// <summary>The service, as the endpoints are told apart by; what it does is in <see cref="GrpcMethods"/>.</summary>
internal sealed class GrpcFront;
