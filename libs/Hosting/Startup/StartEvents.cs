using Microsoft.Extensions.Configuration;

namespace MlopsPlane.Hosting.Startup;

/// <summary>Whether the process may carry its events as its settings ask.</summary>
internal static class StartEvents
{
    private const string Broker = "Messaging:RabbitMq";

    /// <exception cref="StartRefusedException">A broker is named that the process would not use.</exception>
    public static void Check(IConfiguration settings, PlaneHostOptions options)
    {
        if (options.Embedded && !string.IsNullOrEmpty(settings[Broker]))
            throw new StartRefusedException(
                $"{Broker} is set, but the one-process product carries its events itself and would send none to a broker. Take the option away, or run the services as processes of their own.");
    }
}
