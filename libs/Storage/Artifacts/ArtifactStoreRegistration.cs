using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts.Local;
using MlopsPlane.Storage.Artifacts.S3;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Storage.Artifacts;

public static class ArtifactStoreRegistration
{
    /// <summary>Registers the artifact store and its readiness check once, whichever modules ask for it.</summary>
    /// <param name="servesWithoutIt">The first module that asks goes on with what it has while the store is away, and stays ready.</param>
    public static IServiceCollection AddArtifactStore(this IServiceCollection services, bool servesWithoutIt = false)
    {
        if (services.Any(service => service.ServiceType == typeof(IArtifactStore)))
            return services;
        services.AddOptions<DatabaseOptions>().BindConfiguration("Storage");
        services.AddOptions<ArtifactOptions>().BindConfiguration("Artifacts").ValidateDataAnnotations()
            .Validate(options => options.Store != ArtifactStoreKind.S3 || !string.IsNullOrEmpty(options.S3.Bucket),
                "Artifacts:S3:Bucket must be named when Artifacts:Store is S3.")
            .Validate(options => (options.S3.AccessKey is null) == (options.S3.SecretKey is null),
                "Artifacts:S3:AccessKey and Artifacts:S3:SecretKey come together.")
            .ValidateOnStart();
        services.AddSingleton<IArtifactStore>(provider => Open(
            provider.GetRequiredService<IOptions<ArtifactOptions>>().Value,
            provider.GetRequiredService<IOptions<DatabaseOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IErrorTranslator, S3Errors>());
        services.AddHealthChecks().AddCheck<ArtifactStoreCheck>(
            "artifact-store", servesWithoutIt ? HealthStatus.Degraded : HealthStatus.Unhealthy, tags: ["ready"]);
        return services;
    }

    /// <summary>The folder of the local store.</summary>
    public static string LocalFolder(ArtifactOptions artifacts, DatabaseOptions data) =>
        Path.GetFullPath(artifacts.Folder ?? Path.Combine(data.DataFolder, "artifacts"));

    private static IArtifactStore Open(ArtifactOptions artifacts, DatabaseOptions data, TimeProvider clock) =>
        artifacts.Store == ArtifactStoreKind.Local
            ? new LocalArtifactStore(LocalFolder(artifacts, data), clock)
            : new S3ArtifactStore(Connect(artifacts.S3), artifacts, clock);

    private static S3Client Connect(ArtifactOptions.S3Options options)
    {
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            // Trailing checksums travel in the chunked framing that S3-compatible servers store as content.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            ForcePathStyle = options.ServiceUrl is not null,
        };
        if (options.ServiceUrl is not null)
            config.ServiceURL = options.ServiceUrl;
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        return options.AccessKey is null
            ? new S3Client(config)
            : new S3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    private sealed class ArtifactStoreCheck(IArtifactStore store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await store.CheckAsync(cancellationToken) is { } trouble ? new HealthCheckResult(context.Registration.FailureStatus, trouble) : HealthCheckResult.Healthy();
    }
}
