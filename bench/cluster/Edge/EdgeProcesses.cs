using System.Diagnostics;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Bench.Cluster.Edge;

/// <summary>Two plain replicas, bare YARP and the edge with its Access before them, each a process.</summary>
internal sealed class EdgeProcesses : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-bench-edge-");
    private readonly List<PlaneProcess> running = [];

    private EdgeProcesses()
    {
    }

    public PlaneProcess Bare { get; private set; } = null!;

    public PlaneProcess Access { get; private set; } = null!;

    public PlaneProcess Edge { get; private set; } = null!;

    public string SecretFile => Path.Combine(folder.FullName, "secret");

    public string Key { get; private set; } = "";

    public static async Task<EdgeProcesses> StartAsync()
    {
        var made = new EdgeProcesses();
        await made.LaunchAsync();
        return made;
    }

    public ValueTask DisposeAsync()
    {
        running.ForEach(process => process.Dispose());
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task LaunchAsync()
    {
        var secret = SecretFile;
        await File.WriteAllTextAsync(secret, "a secret of the bench that is long enough\n");
        string[] access = ["--Storage:Provider", "Sqlite", "--Storage:DataFolder", folder.FullName, "--Storage:MigrateAtStart", "true", "--Identity:ClusterSecretFile", secret];
        Access = Keep(await PlaneProcess.StartAssemblyAsync(HostOf("Access.Host"), access));
        Key = await AdminKeyAsync(access);
        var upstreams = new List<string>();
        for (var i = 0; i < 2; i++)
            upstreams.Add(Keep(await ServedProcess.StartAsync(Upstream.Verb)).Address.ToString());
        Bare = Keep(await ServedProcess.StartAsync([BareYarp.Verb, .. upstreams]));
        string[] replicas = [.. upstreams.SelectMany((url, i) => new[] { $"--Edge:Services:tracker:Addresses:{i}", url })];
        Edge = Keep(await PlaneProcess.StartAssemblyAsync(HostOf("EdgeGateway"),
            ["--Identity:ClusterSecretFile", secret, "--Services:Access", Access.Address.ToString(), .. replicas,
                "--Edge:Limits:IdentityReadsPerSecond", "1000000", "--Edge:Limits:WorkspaceReadsPerSecond", "1000000"]));
    }

    private static async Task<string> AdminKeyAsync(string[] access)
    {
        using var maker = Process.Start(new ProcessStartInfo("dotnet", [HostOf("Access.Host"), "admin-key", .. access]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = (await maker.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines[^1].Trim();
    }

    private PlaneProcess Keep(PlaneProcess process)
    {
        running.Add(process);
        return process;
    }

    /// <summary>The host that <c>bench.sh</c> built, in the configuration of this program.</summary>
    private static string HostOf(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "services", project, "bin", configuration, framework, $"MlopsPlane.{project}.dll");
    }
}
