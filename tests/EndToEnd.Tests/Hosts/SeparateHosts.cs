using System.Diagnostics;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

/// <summary>The services as processes of their own on one PostgreSQL server, as a cluster runs them.</summary>
internal sealed class SeparateHosts : IDisposable
{
    private readonly List<PlaneProcess> started = [];
    private readonly string[] servers;

    private SeparateHosts(params string[] servers) => this.servers = servers;

    /// <summary>What the last migrate verb wrote.</summary>
    public string Migrated { get; private set; } = "";

    /// <param name="broker">Address of a virtual host of the test's own; null for hosts without a broker.</param>
    public static async Task<SeparateHosts> OnEmptyDatabasesAsync(string? broker = null)
    {
        var server = await Require.PostgresAsync();
        string[] database = ["--Storage:Postgres", await server.CreateDatabasesAsync($"h{Guid.CreateVersion7():N}", "access", "tracker", "registry")];
        return broker is null ? new SeparateHosts(database) : new SeparateHosts([.. database, "--Messaging:RabbitMq", broker]);
    }

    /// <summary>On servers of the caller's own.</summary>
    public static SeparateHosts On(string database, string broker) => new("--Storage:Postgres", database, "--Messaging:RabbitMq", broker);

    /// <summary>Runs a host's migrate verb; its exit status.</summary>
    public async Task<int> MigrateAsync(string service)
    {
        var info = new ProcessStartInfo("dotnet", [Assembly(service), "migrate", .. servers]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        Migrated = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async Task<PlaneProcess> StartAsync(string service, params string[] arguments)
    {
        var host = await PlaneProcess.StartAssemblyAsync(Assembly(service), [.. servers, .. arguments]);
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
