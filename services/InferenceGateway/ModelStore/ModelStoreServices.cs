using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlopsPlane.InferenceGateway.ModelStore.Cache;
using MlopsPlane.InferenceGateway.ModelStore.Download;

namespace MlopsPlane.InferenceGateway.ModelStore;

internal static class ModelStoreServices
{
    public static IServiceCollection AddModelStore(this IServiceCollection services)
    {
        services.AddOptions<ModelCacheOptions>().BindConfiguration("Serving:ModelCache").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ModelStoreMetrics>().AddSingleton<ModelCache>().AddSingleton<SharedDownloads>().AddSingleton<VersionDownload>();
        services.AddSingleton<IModelStore, RegistryModelStore>();
        services.AddHostedService<OpenAtStart>();
        return services;
    }

    /// <summary>The folder is cleared and claimed at the start, not when the first model is wanted.</summary>
    private sealed class OpenAtStart(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<ModelCache>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
