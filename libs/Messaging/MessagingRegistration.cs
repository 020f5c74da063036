using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Messaging;

public static class MessagingRegistration
{
    /// <summary>Gives a service an outbox: its signal (keyed by service), its administration and, in one process, its dispatcher.</summary>
    public static IServiceCollection AddOutbox<TDb>(this IServiceCollection services, string service, bool dispatchInProcess)
        where TDb : PlaneDb
    {
        services.TryAddSingleton<MessagingMetrics>();
        services.AddKeyedSingleton<OutboxSignal>(service);
        services.AddHostedService<OutboxMonitor>();
        services.AddSingleton<IOutboxAdministration>(provider => ActivatorUtilities.CreateInstance<OutboxAdministration<TDb>>(
            provider, service, provider.GetRequiredKeyedService<OutboxSignal>(service)));
        if (dispatchInProcess)
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OutboxDispatcher<TDb>>(
                provider, provider.GetRequiredKeyedService<OutboxSignal>(service)));
        }

        return services;
    }

    /// <summary>Registers a module's handlers as one consumer whose inbox lives in the module's database.</summary>
    public static IServiceCollection AddConsumer<TDb>(this IServiceCollection services, string name, Action<ConsumerHandlers> handlers)
        where TDb : PlaneDb
    {
        services.TryAddSingleton<MessagingMetrics>();
        var registered = new ConsumerHandlers();
        handlers(registered);
        services.AddSingleton<IConsumer>(provider => ActivatorUtilities.CreateInstance<Consumer<TDb>>(provider, name, registered));
        return services;
    }
}
