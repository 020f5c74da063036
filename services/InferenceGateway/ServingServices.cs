using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.External;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.LocalState;
using MlopsPlane.InferenceGateway.OpenInference.Grpc;
using MlopsPlane.InferenceGateway.OpenInference.Rest;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Quarantine;
using MlopsPlane.InferenceGateway.Sampling;
using MlopsPlane.InferenceGateway.Scoring;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Usage;
using MlopsPlane.Web.Errors;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway;

internal static class ServingServices
{
    /// <summary>What loads versions and answers requests.</summary>
    public static void AddServing(this IServiceCollection services)
    {
        services.AddOptions<ServingOptions>().BindConfiguration("Serving").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ServedDeployments>().AddSingleton<InferenceMetrics>().AddSingleton<InferenceCalls>().AddSingleton<ShadowRequests>();
        services.AddSingleton<RunMarkers>().AddSingleton<CrashLedger>();
        services.AddSingleton<DesiredFile>().AddSingleton<DesiredReader>();
        services.AddSingleton<UsageMeter>().AddSingleton<UsageStore>().AddHostedService<UsageRecorder>().AddSingleton<PayloadSampler>();
        services.AddSingleton<NativeRuntime>().AddSingleton<VersionLoader>().AddSingleton<KeeperContext>().AddSingleton<ReplicaChanged>().AddSingleton<ReplicaIdentity>();
        services.AddSingleton<ReplicaLoop>().AddHostedService(provider => provider.GetRequiredService<ReplicaLoop>());
        services.AddSingleton<KnownDeployments>().AddSingleton<UnheardDeployments>().AddSingleton<HopRoute>().AddSingleton<RestHop>().AddSingleton<GrpcHop>();
        services.AddHttpForwarder();
        services.AddHealthChecks().AddCheck<ReplicaLoop>("models", tags: ["ready"]);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IErrorShape, InferenceErrorShape>());
        services.AddGrpcFront();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IErrorShape, ScoringErrorShape>());
        services.AddSingleton(new OpenPaths(
            ["/v2/health/live", "/v2/health/ready", "/ping", $"/{GrpcMethods.Service}/ServerLive", $"/{GrpcMethods.Service}/ServerReady"]));
        services.AddExternalServers();
    }

    public static void MapProtocols(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<ServingOptions>>().Value;
        OpenInferenceEndpoints.Map(routes, options.MaxBodyBytes);
        routes.MapGrpcFront();
        ScoringEndpoints.Map(routes, options.MaxBodyBytes);
    }
}
