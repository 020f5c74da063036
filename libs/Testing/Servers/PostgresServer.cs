using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;

namespace MlopsPlane.Testing.Servers;

/// <summary>
/// A PostgreSQL server for tests: the one that <c>PLANE_TEST_POSTGRES</c> names, else one that is started from local
/// binaries on a free loopback port and stopped with the test process.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim Once = new(1, 1);
    private static PostgresServer? shared;
    private readonly string? folder;
    private readonly string? binaries;

    private PostgresServer(string connectionString, string? folder = null, string? binaries = null)
    {
        ConnectionString = connectionString;
        this.folder = folder;
        this.binaries = binaries;
    }

    /// <summary>Connection string of the maintenance database.</summary>
    public string ConnectionString { get; }

    /// <summary>Process id of a server that this class started: the parent of all its processes.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(folder!, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The server of this test process; null when there is none and none can be started.</summary>
    public static async Task<PostgresServer?> SharedAsync()
    {
        await Once.WaitAsync();
        try
        {
            if (shared is not null)
                return shared;
            if (Environment.GetEnvironmentVariable("PLANE_TEST_POSTGRES") is { Length: > 0 } named)
                return shared = new PostgresServer(named);
            shared = await StartAsync(durable: false);
            if (shared is not null)
                AppDomain.CurrentDomain.ProcessExit += (_, _) => shared.Stop("immediate");
            return shared;
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Starts a server of the caller's own; null when there are no binaries.</summary>
    /// <param name="durable">Keeps fsync on, for tests of what survives a kill.</param>
    public static async Task<PostgresServer?> StartAsync(bool durable)
    {
        if (FindBinaries() is not { } binaries)
            return null;
        var home = Directory.CreateTempSubdirectory("plane-pg-").FullName;
        var port = FreePort.Next();
        var root = Environment.UserName == "root";
        if (root)
            await RunAsync("chown", "postgres", home);
        await RunAsServerAsync(root, Path.Combine(binaries, "initdb"), "-D", home + "/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        var server = new PostgresServer(
            string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Include Error Detail=true"),
            home, binaries);
        await server.StartProcessAsync(string.Create(CultureInfo.InvariantCulture,
            $"-c listen_addresses=127.0.0.1 -p {port} -k {home} -c max_connections=300 -c fsync={(durable ? "on" : "off")} -c shared_buffers=128MB"));
        return server;
    }

    /// <summary>Creates an empty database of a fresh name and returns its connection string with <c>{service}</c> in the name.</summary>
    public async Task<string> CreateDatabasesAsync(string stem, params string[] services)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        foreach (var service in services)
        {
            await using var create = source.CreateCommand($"CREATE DATABASE \"{stem}_{service}\" TEMPLATE template0 ENCODING 'UTF8'");
            await create.ExecuteNonQueryAsync();
        }

        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = stem + "_{service}", MaxPoolSize = 10 }.ConnectionString;
    }

    /// <summary>Stops the server (<c>fast</c> or <c>immediate</c>) and starts it again on the same port and data.</summary>
    public async Task RestartAsync(string mode)
    {
        var options = await File.ReadAllTextAsync(OptionsFile);
        Stop(mode);
        await StartProcessAsync(options);
    }

    /// <summary>Stops a server that this class started.</summary>
    public void Stop(string mode)
    {
        if (folder is null)
            return;
        var root = Environment.UserName == "root";
        using var stop = Start(root, Path.Combine(binaries!, "pg_ctl"), "-D", folder + "/data", "-m", mode, "-w", "stop");
        stop.WaitForExit(30_000);
    }

    public ValueTask DisposeAsync()
    {
        Stop("immediate");
        if (folder is not null && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string OptionsFile => Path.Combine(folder!, "options");

    private static string? FindBinaries()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').FirstOrDefault(part => File.Exists(Path.Combine(part, "pg_ctl")));
        return onPath ?? (Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "pg_ctl"))).Max(StringComparer.Ordinal)
            : null);
    }

    private static Process Start(bool asPostgres, params string[] command)
    {
        // PostgreSQL refuses to run as root.
        string[] whole = asPostgres ? ["runuser", "-u", "postgres", "--", .. command] : command;
        var info = new ProcessStartInfo(whole[0], whole[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/", UseShellExecute = false };
        return Process.Start(info)!;
    }

    private static Task RunAsync(params string[] command) => RunAsServerAsync(asPostgres: false, command);

    private static async Task RunAsServerAsync(bool asPostgres, params string[] command)
    {
        using var process = Start(asPostgres, command);
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} failed: {await error}");
    }

    private async Task StartProcessAsync(string options)
    {
        await File.WriteAllTextAsync(OptionsFile, options);
        // The log goes to a file: a server that inherits our pipes would keep them open.
        await RunAsServerAsync(Environment.UserName == "root", Path.Combine(binaries!, "pg_ctl"),
            "-D", folder + "/data", "-w", "-l", folder + "/log", "-o", options, "start");
    }
}
