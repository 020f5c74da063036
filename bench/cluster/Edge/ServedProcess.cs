using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Bench.Cluster.Edge;

/// <summary>Servers of the bench that run as processes of their own, so that the CPU of each can be told.</summary>
internal static class ServedProcess
{
    public static async Task ServeAsync(WebApplication app)
    {
        await app.StartAsync();
        // The line that PlaneProcess waits for.
        await Console.Out.WriteLineAsync($"It is ready on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
    }

    /// <summary>Starts this program again with a verb.</summary>
    public static Task<PlaneProcess> StartAsync(params string[] arguments) => PlaneProcess.StartProgramAsync(typeof(ServedProcess).Assembly.Location, arguments);
}
