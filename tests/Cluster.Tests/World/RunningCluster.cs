using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Cluster.Tests.World;

/// <summary>What <c>eng/cluster.sh up</c> starts, known only by the lines that it prints.</summary>
public sealed class RunningCluster : IAsyncLifetime
{
    /// <summary>Ports that the script uses from its first one on.</summary>
    private const int Ports = 26;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-cluster-");
    private readonly List<HttpClient> clients = [];
    private int port;
    private bool up;

    /// <summary>Address of the edge.</summary>
    public Uri Address { get; private set; } = null!;

    public string AdminKey { get; private set; } = "";

    /// <summary>The processes behind the edge by name, such as <c>tracker:1</c>.</summary>
    public IReadOnlyDictionary<string, Uri> Hosts { get; private set; } = new Dictionary<string, Uri>(StringComparer.Ordinal);

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (await PostgresServer.SharedAsync() is null || await RabbitServer.SharedAsync() is null)
            return;
        port = FreePorts();
        var lines = (await ScriptAsync("up")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToList();
        up = true;
        Address = new Uri(lines.Single(line => line[0] == "PLANE_URL")[1]);
        AdminKey = lines.Single(line => line[0] == "PLANE_KEY")[1];
        Hosts = lines.Where(line => line[0] == "HOST_URL").Select(line => line[1].Split('=', 2))
            .ToDictionary(host => host[0], host => new Uri(host[1]), StringComparer.Ordinal);
        Admin = NewClient(AdminKey);
    }

    /// <summary>Call it first: without the servers there is no cluster.</summary>
    public void Require()
    {
        if (!up)
            Testing.Servers.Require.Missing("PostgreSQL and RabbitMQ for eng/cluster.sh.");
    }

    public HttpClient NewClient(string key)
    {
#pragma warning disable RS0030 // Tests make their own clients.
        var made = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
#pragma warning restore RS0030
        made.DefaultRequestHeaders.Authorization = new("Bearer", key);
        clients.Add(made);
        return made;
    }

    /// <summary>A client of a new service account that has one role in one workspace.</summary>
    public async Task<HttpClient> WithRoleAsync(string role, string workspace)
    {
        var name = $"t-{Guid.CreateVersion7():N}";
        await PostAsync("service-accounts", new { name });
        await PostAsync("grants", new { subject = $"service:{name}", workspace, role });
        return NewClient((await PostAsync("keys", new { owner = $"service:{name}" })).GetProperty("key").GetString()!);
    }

    /// <summary>Restarts processes by <c>eng/cluster.sh restart</c>, all when none is named.</summary>
    public Task RestartAsync(params string[] names) => ScriptAsync(["restart", .. names]);

    /// <summary>SIGKILL to one process, by the name that the script gives it, such as <c>tracker-1</c>.</summary>
    public void Kill(string name)
    {
        using var victim = Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(folder.FullName, "run", name + ".pid")), CultureInfo.InvariantCulture));
        victim.Kill();
    }

    /// <summary>The log of one process.</summary>
    public string LogOf(string name) => File.ReadAllText(Path.Combine(folder.FullName, "logs", name + ".log"));

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        if (up)
            await ScriptAsync("down", "--purge");
        if (folder.Exists)
            folder.Delete(recursive: true);
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await Admin.PostAsJsonAsync($"/api/v1/access/{path}", body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string> ScriptAsync(params string[] arguments)
    {
        var info = new ProcessStartInfo(Path.Combine(Root(), "eng", "cluster.sh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        info.Environment["PLANE_CLUSTER_DIR"] = folder.FullName;
        info.Environment["PLANE_CLUSTER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        info.Environment["PLANE_NO_BUILD"] = "1";
        // Receivers of the tests.
        info.Environment["Webhooks__AllowHttp"] = "true";
        info.Environment["Webhooks__AllowedPrivateHosts__0"] = "127.0.0.1";
        using var script = Process.Start(info)!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, $"{string.Join(' ', arguments)}: {await errors}");
        return output;
    }

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "MlopsPlane.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        return root.FullName;
    }

    /// <summary>The first of a row of free ports, below those that the system gives to clients.</summary>
    private static int FreePorts()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = 20_000 + (Random.Shared.Next(400) * Ports);
            if (Enumerable.Range(first, Ports).All(IsFree))
                return first;
        }

        throw new InvalidOperationException("No row of free ports was found.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
