using System.Diagnostics;
using System.Text;
using MlopsPlane.AllInOne;

namespace MlopsPlane.Testing.Hosts;

/// <summary>The product as a process of its own, as a user starts it: for kills, signals and measurements.</summary>
public sealed class PlaneProcess : IDisposable
{
    private const int KeptOutput = 16 << 20;
    private readonly Process process;
    private readonly StringBuilder output = new();

    private PlaneProcess(Process process, Uri address)
    {
        this.process = process;
        Address = address;
#pragma warning disable RS0030 // One client for the life of the process.
        Http = new HttpClient { BaseAddress = address };
#pragma warning restore RS0030
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public int Id => process.Id;

    /// <summary>What it wrote to standard output since it was ready, its log among that.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts it on a free loopback port and waits for its ready line.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds what it wrote.</exception>
    public static Task<PlaneProcess> StartAsync(string dataFolder, params string[] arguments) =>
        StartAssemblyAsync(typeof(Product).Assembly.Location, ["--data", dataFolder, "--Workspaces:AutoCreate", "true", .. arguments]);

    /// <inheritdoc cref="StartAsync"/>
    /// <param name="assembly">Path of the host's assembly.</param>
    public static Task<PlaneProcess> StartAssemblyAsync(string assembly, params string[] arguments) =>
        StartProgramAsync(assembly, ["--urls", "http://127.0.0.1:0", .. arguments]);

    /// <summary>Starts a program that chooses its port itself, and waits for its ready line.</summary>
    /// <inheritdoc cref="StartAssemblyAsync"/>
    public static async Task<PlaneProcess> StartProgramAsync(string assembly, params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var started = Process.Start(info)!;
        var errors = started.StandardError.ReadToEndAsync();
        var seen = new List<string>();
        while (await started.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(" is ready on ", StringComparison.Ordinal))
            {
                var plane = new PlaneProcess(started, new Uri(line[(line.LastIndexOf(' ') + 1)..]));
                _ = plane.KeepOutputAsync(started.StandardOutput);
                return plane;
            }

            seen.Add(line);
        }

        throw new InvalidOperationException($"The product did not start: {string.Join('\n', seen)} {await errors}");
    }

    /// <summary>Arguments that put it on PostgreSQL.</summary>
    public static string[] OnPostgres(string connectionString) => ["--Storage:Provider", "Postgres", "--Storage:Postgres", connectionString];

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>SIGTERM; the exit status.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", $"{process.Id}"]) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Reads on whatever comes: a pipe that is full would stop the process.</summary>
    private async Task KeepOutputAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (output)
            {
                if (output.Length < KeptOutput)
                    output.AppendLine(line);
            }
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!process.HasExited)
            Kill();
        process.Dispose();
    }
}
