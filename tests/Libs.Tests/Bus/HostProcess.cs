using System.Diagnostics;
using MlopsPlane.EventHost;

namespace MlopsPlane.Libs.Tests.Bus;

/// <summary>A replica of the small service as a process, to be killed.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;

    private HostProcess(Process process) => this.process = process;

    public static async Task<HostProcess> StartAsync(string service, string role, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var info = new ProcessStartInfo("dotnet", [typeof(EventService).Assembly.Location, service, role, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var started = Process.Start(info)!;
        while (await started.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.EndsWith(" is ready", StringComparison.Ordinal))
                continue;
            _ = started.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new HostProcess(started);
        }

        throw new InvalidOperationException($"The {service} did not start.");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();
        process.Dispose();
    }
}
