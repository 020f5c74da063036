using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace MlopsPlane.Testing.Servers;

/// <summary>
/// A RabbitMQ broker for tests: the one that <c>PLANE_TEST_RABBITMQ</c> names by the address of its management API
/// (<c>http://guest:guest@host:15672</c>, AMQP on port 5672), else one that is started from local binaries on free
/// loopback ports, with a port mapper of its own, and stopped with the test process.
/// </summary>
public sealed class RabbitServer : IAsyncDisposable
{
    public const string Username = "guest";
    public const string Password = "guest";

    private const string Binaries = "/usr/lib/rabbitmq/bin";
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(90);
    private static readonly SemaphoreSlim Once = new(1, 1);
    private static RabbitServer? shared;

    private readonly Uri? management;
    private readonly string folder = "";
    private readonly int port;
    private readonly int mapperPort;
    private Process? mapper;
    private Process? broker;

    private RabbitServer(Uri management) => (this.management, port) = (management, 5672);

    private RabbitServer(string folder)
    {
        this.folder = folder;
        (port, mapperPort) = (FreePort.Next(), FreePort.Next());
    }

    /// <summary>Process id of a broker that this class started.</summary>
    public int ProcessId => int.Parse(BrokerId, CultureInfo.InvariantCulture);

    /// <summary>The broker of this test process; null when there is none and none can be started.</summary>
    public static async Task<RabbitServer?> SharedAsync()
    {
        await Once.WaitAsync();
        try
        {
            if (shared is not null)
                return shared;
            if (Environment.GetEnvironmentVariable("PLANE_TEST_RABBITMQ") is { Length: > 0 } named)
                return shared = new RabbitServer(new Uri(named));
            shared = await StartAsync();
            if (shared is not null)
                AppDomain.CurrentDomain.ProcessExit += (_, _) => shared.Remove();
            return shared;
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Starts a broker of the caller's own, which can be stopped, killed and started again; null without binaries.</summary>
    public static async Task<RabbitServer?> StartAsync()
    {
        if (!File.Exists(Path.Combine(Binaries, "rabbitmq-server")))
            return null;
        var server = new RabbitServer(Directory.CreateTempSubdirectory("plane-rabbit-").FullName);
        await server.WriteConfigurationAsync();
        // Started here, so that it ends with us; the broker would leave one behind.
        server.mapper = server.Run("epmd", "-address", "127.0.0.1", "-port", Text(server.mapperPort));
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A virtual host that no other test uses; its address as <c>Messaging:RabbitMq</c> takes it.</summary>
    public async Task<string> CreateVirtualHostAsync()
    {
        var name = $"t{Guid.CreateVersion7():N}";
        if (management is { } api)
            await CreateOverApiAsync(api, name);
        else
            await ControlAsync("eval", $"rabbit_vhost:add(<<\"{name}\">>, <<\"test\">>), rabbit_auth_backend_internal:set_permissions(<<\"guest\">>, <<\"{name}\">>, <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"test\">>).");
        return string.Create(CultureInfo.InvariantCulture, $"amqp://{management?.Host ?? "127.0.0.1"}:{port}/{name}");
    }

    /// <summary>SIGTERM: the broker closes its connections and stops.</summary>
    public async Task StopAsync()
    {
        using (var term = Process.Start(new ProcessStartInfo("kill", ["-TERM", BrokerId]) { UseShellExecute = false })!)
            await term.WaitForExitAsync();
        await broker!.WaitForExitAsync();
    }

    /// <summary>SIGKILL: nothing is flushed.</summary>
    public void Kill()
    {
        broker!.Kill(entireProcessTree: true);
        broker.WaitForExit();
    }

    /// <summary>Starts it on the same ports and data, and waits until it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        broker?.Dispose();
        broker = Run(Path.Combine(Binaries, "rabbitmq-server"));
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException refused)
            {
                if (broker.HasExited || Stopwatch.GetElapsedTime(begin) > StartBound)
                    throw new InvalidOperationException($"RabbitMQ did not start; its folder is {folder}.", refused);
                await Task.Delay(50);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Remove();
        return ValueTask.CompletedTask;
    }

    private string Node => $"plane{Text(port)}@localhost";

    private string BrokerId => File.ReadAllText(Path.Combine(folder, "pid")).Trim();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task WriteConfigurationAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "rabbitmq.conf"),
            $"listeners.tcp.1 = 127.0.0.1:{Text(port)}\nlog.console = false\nlog.file.level = warning\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "environment"), "");
        await File.WriteAllTextAsync(Path.Combine(folder, "plugins"), "[].");
    }

    private void Remove()
    {
        if (management is not null)
            return;
        foreach (var process in new[] { broker, mapper })
        {
            if (process is { HasExited: false })
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task ControlAsync(params string[] command)
    {
        // The node takes connections a moment before it takes commands.
        for (var attempt = 1; ; attempt++)
        {
            using var control = Run(Path.Combine(Binaries, "rabbitmqctl"), ["-q", "-n", Node, .. command]);
            await control.WaitForExitAsync();
            if (control.ExitCode == 0)
                return;
            if (attempt == 10)
                throw new InvalidOperationException($"rabbitmqctl {command[0]} failed with {control.ExitCode}.");
            await Task.Delay(300);
        }
    }

    private Process Run(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo("setsid", ["-w", program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = folder,
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(folder, "environment"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "plugins"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(folder, "pid"),
            ["RABBITMQ_NODENAME"] = Node,
            ["RABBITMQ_DIST_PORT"] = Text(FreePort.Next()),
            ["ERL_EPMD_PORT"] = Text(mapperPort),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            // On few cores the schedulers' busy waiting takes time from everyone else.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        })
            info.Environment[name] = value;
        var process = Process.Start(info)!;
        // Nobody reads what they say; a full pipe would stop them.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }

    private static async Task CreateOverApiAsync(Uri api, string name)
    {
#pragma warning disable RS0030 // Two requests of a test to a server that somebody else started.
        using var http = new HttpClient();
#pragma warning restore RS0030
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(api.UserInfo))));
        (await http.PutAsync(new Uri(api, $"/api/vhosts/{name}"), content: null)).EnsureSuccessStatusCode().Dispose();
        (await http.PutAsJsonAsync(new Uri(api, $"/api/permissions/{name}/{Username}"), new { configure = ".*", write = ".*", read = ".*" })).EnsureSuccessStatusCode().Dispose();
    }
}
