using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Messaging.Samples;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Messaging;

public static class MessagingRegistration
{
    /// <summary>
    /// Gives a service an outbox: its signal (keyed by service), its administration and its carrier, which is this
    /// process itself or the relay to RabbitMQ.
    /// </summary>
    public static IServiceCollection AddOutbox<TDb>(this IServiceCollection services, string service, bool dispatchInProcess)
        where TDb : PlaneDb
    {
        services.AddMessagingCore();
        services.AddKeyedSingleton<OutboxSignal>(service);
        services.AddHostedService<OutboxMonitor>();
        services.AddSingleton<IOutboxAdministration>(provider => ActivatorUtilities.CreateInstance<OutboxAdministration<TDb>>(
            provider, service, provider.GetRequiredKeyedService<OutboxSignal>(service)));
        if (dispatchInProcess)
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OutboxDispatcher<TDb>>(
                provider, provider.GetRequiredKeyedService<OutboxSignal>(service)));
            return services;
        }

        services.AddRabbitMqCarrier();
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OutboxRelay<TDb>>(
            provider, service, provider.GetRequiredKeyedService<PlaneDatabase>(service), provider.GetRequiredKeyedService<OutboxSignal>(service)));
        return services;
    }

    /// <summary>Registers a module's handlers as one consumer whose inbox lives in the module's database.</summary>
    public static IServiceCollection AddConsumer<TDb>(this IServiceCollection services, string name, Action<ConsumerHandlers> handlers)
        where TDb : PlaneDb
    {
        services.AddMessagingCore();
        services.AddHostedService<InboxService>();
        var registered = new ConsumerHandlers();
        handlers(registered);
        services.AddKeyedSingleton<HeldSignal>(name);
        services.AddSingleton<IConsumer>(provider => ActivatorUtilities.CreateInstance<Consumer<TDb>>(
            provider, name, registered, provider.GetRequiredKeyedService<HeldSignal>(name)));
        services.AddSingleton<IInboxAdministration>(provider => ActivatorUtilities.CreateInstance<InboxAdministration<TDb>>(
            provider, name, provider.GetRequiredKeyedService<HeldSignal>(name)));
        return services;
    }

    /// <summary>Gives a service the channel for samples, whose carrier is this process itself or RabbitMQ.</summary>
    public static IServiceCollection AddSampleChannel(this IServiceCollection services, bool dispatchInProcess)
    {
        services.AddMessagingCore();
        services.AddSingleton<SampleMetrics>().AddSingleton<SampleChannel>().AddHostedService<SampleSender>();
        return dispatchInProcess ? services.AddSingleton<ISampleCarrier, InProcessSamples>() : services.AddSingleton<ISampleCarrier, BrokerSamples>();
    }

    private static void AddMessagingCore(this IServiceCollection services)
    {
        services.TryAddSingleton<MessagingMetrics>();
        if (services.Any(service => service.ServiceType == typeof(IValidateOptions<MessagingOptions>)))
            return;
        services.AddOptions<MessagingOptions>().BindConfiguration("Messaging").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<MessagingOptions>>(new ValidateOptions<MessagingOptions>(
            name: null, options => MessagingOptions.Problem(options) is null, "Messaging"));
    }
}
