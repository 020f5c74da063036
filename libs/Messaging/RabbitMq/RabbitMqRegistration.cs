using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace MlopsPlane.Messaging.RabbitMq;

internal static class RabbitMqRegistration
{
    /// <summary>What a process needs once, whatever modules it holds.</summary>
    public static void AddRabbitMqCarrier(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(BrokerAddress)))
            return;
        services.AddSingleton<BrokerAddress>().AddSingleton<BrokerLink>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<BrokerLink>());
        services.AddHostedService<ConsumerHost>();
        services.AddSingleton<ITopologyDeclarer, TopologyDeclarer>().AddSingleton<IDeadLetters, DeadLetters>();
        services.AddHealthChecks().AddCheck<BrokerCheck>("broker", tags: ["ready"]);
    }
}
