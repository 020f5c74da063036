using System.Diagnostics;
using MlopsPlane.Bench.Tracker;

namespace MlopsPlane.Bench.Inference.Processes;

/// <summary>The alternative that a user would write, on the server's core, with the native library that its package brings.</summary>
internal sealed class NodeServer : IDisposable
{
    private readonly Process process;

    private NodeServer(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public double CpuSeconds => ProcessMeter.CpuSeconds(process.Id);

    public static async Task<NodeServer> StartAsync(string folder, string model)
    {
        await InstallAsync(folder);
        var info = new ProcessStartInfo("node", [Path.Combine(folder, "server.js"), model]) { RedirectStandardOutput = true, UseShellExecute = false };
        info.Environment["NODE_ENV"] = "production";
        var started = await Core.StartOnServerAsync(() => Task.FromResult(Process.Start(info)!));
        while (await started.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(" is ready on ", StringComparison.Ordinal))
                return new NodeServer(started, new Uri(line[(line.LastIndexOf(' ') + 1)..]));
        }

        throw new InvalidOperationException("Node did not start the alternative.");
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    private static async Task InstallAsync(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, "node_modules")))
            return;
        var info = new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = folder, UseShellExecute = false };
        // It would fetch CUDA's libraries, which nothing here uses.
        info.Environment["ONNXRUNTIME_NODE_INSTALL"] = "skip";
        using var npm = Process.Start(info)!;
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException("npm could not install the alternative.");
    }
}
