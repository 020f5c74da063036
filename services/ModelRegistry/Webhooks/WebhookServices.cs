using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.ModelRegistry.Webhooks.Secrets;
using MlopsPlane.ModelRegistry.Webhooks.Sending;
using MlopsPlane.Web.Outbound;

namespace MlopsPlane.ModelRegistry.Webhooks;

internal static class WebhookServices
{
    private static readonly TimeSpan KeepConnections = TimeSpan.FromMinutes(2);

    /// <param name="ownsData">One process with a data folder of its own, where it may keep a key.</param>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, bool ownsData)
    {
        services.AddOptions<WebhookOptions>().BindConfiguration("Webhooks").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsCheck>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WebhookKey>(provider, ownsData)).AddSingleton<WebhookSecrets>();
        services.AddKeyedSingleton(WebhookClient.Name, (provider, _) => new AddressRule([.. provider.GetRequiredService<IOptions<WebhookOptions>>().Value.AllowedPrivateHosts]));
        services.AddSingleton<WebhookUrl>().AddSingleton<WebhookClient>();
        services.AddSingleton<WebhookSignal>().AddSingleton<WebhookMetrics>();
        services.AddScoped<WebhookOutbox>().AddScoped<DeliveryClaims>().AddScoped<DeliveryAttempt>().AddScoped<WebhookCleaner>();
        // Addresses of receivers are often secrets themselves: they go into no log and no trace.
        services.AddHttpClient(WebhookClient.Name, client =>
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.UserAgent.ParseAdd("MlopsPlane-Webhooks/1");
        }).RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would look names up itself, after every check that is made here.
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = WebhookClient.ConnectWithin,
            PooledConnectionLifetime = KeepConnections,
            MaxResponseHeadersLength = 32,
            ConnectCallback = new GuardedConnection(provider.GetRequiredKeyedService<AddressRule>(WebhookClient.Name)).OpenAsync,
        });
        services.AddHostedService<WebhookSender>();
        services.AddHostedService<WebhookUpkeep>();
        return services;
    }
}
