using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Bench.Cluster.Edge;

/// <summary>How long the edge takes to tell who calls, when it has seen the key before: one thread, the whole check and nothing else.</summary>
internal static class IdentityScenario
{
    private const int Checks = 1_000_000;

    public static async Task RunAsync()
    {
        await using var plane = await EdgeProcesses.StartAsync();
        await using var host = PlaneHost.Build(
            CommandLine.Parse("--urls", "http://127.0.0.1:0", "--Services:Access", plane.Access.Address.ToString(), "--Identity:ClusterSecretFile", plane.SecretFile),
            new PlaneHostOptions("bench", Embedded: false) { Edge = true });
        await host.StartAsync();
        var authenticator = host.Services.GetRequiredService<IAuthenticator>();
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = $"Bearer {plane.Key}";
        if ((await authenticator.AuthenticateAsync(http)).Caller is null)
            throw new InvalidOperationException("The key was not accepted.");
        await MeasureAsync("on a kept connection", () => CheckAsync(authenticator, http));
        await MeasureAsync("with a header of a new connection", () => CheckNewAsync(authenticator, http, plane.Key));
        await host.StopAsync();
    }

    private static async Task MeasureAsync(string what, Func<Task> check)
    {
        await check();
        var (began, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(precise: true));
        await check();
        var (elapsed, bytes) = (Stopwatch.GetElapsedTime(began), GC.GetTotalAllocatedBytes(precise: true) - allocated);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"identity, cached, {what}: {elapsed.TotalMicroseconds / Checks:0.00} µs a check (aim 5), {(double)bytes / Checks:0} bytes allocated"));
    }

    /// <summary>The same text in a string that was not seen before, which is allocated here and counted too.</summary>
    private static async Task CheckNewAsync(IAuthenticator authenticator, HttpContext http, string key)
    {
        for (var i = 0; i < Checks; i++)
        {
            http.Request.Headers.Authorization = "Bearer " + key;
            if ((await authenticator.AuthenticateAsync(http)).Caller is null)
                throw new InvalidOperationException("The caller was forgotten.");
        }
    }

    private static async Task CheckAsync(IAuthenticator authenticator, HttpContext http)
    {
        for (var i = 0; i < Checks; i++)
        {
            if ((await authenticator.AuthenticateAsync(http)).Caller is null)
                throw new InvalidOperationException("The caller was forgotten.");
        }
    }
}
