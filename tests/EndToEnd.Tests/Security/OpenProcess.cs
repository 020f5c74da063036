using System.Diagnostics;
using System.Text;
using MlopsPlane.AllInOne;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>The product as a process whose output is kept, as a user or a collector of logs sees it.</summary>
internal sealed class OpenProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder written = new();
    private readonly TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Exited += (_, _) => port.TrySetException(new InvalidOperationException($"It ended: {Output}"));
        process.EnableRaisingEvents = true;
    }

    /// <summary>Everything that it wrote until now.</summary>
    public string Output
    {
        get
        {
            lock (written)
                return written.ToString();
        }
    }

    public int Port { get; private set; }

    /// <summary>Starts it and waits for its ready line.</summary>
    public static async Task<OpenProcess> StartAsync(params string[] arguments)
    {
        var started = Run(arguments);
        started.Port = await started.port.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return started;
    }

    /// <summary>Runs it to its end; the exit status and everything that it wrote.</summary>
    public static async Task<(int Status, string Output)> RunToEndAsync(params string[] arguments)
    {
        using var run = Run(arguments);
        run.port.Task.ContinueWith(static ended => ended.Exception, TaskScheduler.Default).Forget();
        await run.process.WaitForExitAsync();
        return (run.process.ExitCode, run.Output);
    }

    public HttpClient Client(string? key = null)
    {
#pragma warning disable RS0030 // One client for one test.
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
#pragma warning restore RS0030
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    /// <summary>SIGTERM; returns when it has ended and all its output is here.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", $"{process.Id}"]) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static OpenProcess Run(string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", [typeof(Product).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        var run = new OpenProcess(new Process { StartInfo = info });
        run.process.Start();
        run.process.BeginOutputReadLine();
        run.process.BeginErrorReadLine();
        return run;
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (written)
            written.AppendLine(line);
        if (line.Contains(" is ready on ", StringComparison.Ordinal))
            port.TrySetResult(int.Parse(line[(line.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}

internal static class Tasks
{
    /// <summary>The task's end is nobody's business.</summary>
    public static void Forget(this Task task) => _ = task;
}
