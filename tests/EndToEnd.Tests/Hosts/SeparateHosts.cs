using System.Diagnostics;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

/// <summary>The services as processes of their own on one PostgreSQL server, as a cluster runs them.</summary>
internal sealed class SeparateHosts : IDisposable
{
    private readonly List<PlaneProcess> started = [];
    private readonly string[] database;

    private SeparateHosts(string connectionString) => database = ["--Storage:Postgres", connectionString];

    public static async Task<SeparateHosts> OnEmptyDatabasesAsync()
    {
        var server = await Require.PostgresAsync();
        return new SeparateHosts(await server.CreateDatabasesAsync($"h{Guid.CreateVersion7():N}", "access", "tracker", "registry"));
    }

    /// <summary>Runs a host's migrate verb; its exit status.</summary>
    public async Task<int> MigrateAsync(string service)
    {
        var info = new ProcessStartInfo("dotnet", [Assembly(service), "migrate", .. database]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async Task<PlaneProcess> StartAsync(string service, params string[] arguments)
    {
        var host = await PlaneProcess.StartAssemblyAsync(Assembly(service), [.. database, .. arguments]);
        started.Add(host);
        return host;
    }

    public void Dispose()
    {
        foreach (var host in started)
            host.Dispose();
    }

    /// <summary>The host that the solution's build made, in the configuration of these tests.</summary>
    private static string Assembly(string service)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "services", service + ".Host", "bin", configuration, framework, $"MlopsPlane.{service}.Host.dll");
    }
}
