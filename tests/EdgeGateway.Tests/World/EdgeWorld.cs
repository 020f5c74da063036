using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Access;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;

namespace MlopsPlane.EdgeGateway.Tests.World;

/// <summary>The edge on real ports, the real Access behind it, and stubs in the places of the other services.</summary>
public sealed class EdgeWorld : IAsyncDisposable
{
    private const string Secret = "a secret of the cluster that is long enough";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-edge-");
    private readonly List<WebApplication> running = [];
    private readonly Dictionary<string, List<(StubModule Module, WebApplication App)>> stubs = new(StringComparer.Ordinal);
    private WebApplication? edge;
    private string access = "";

    private EdgeWorld()
    {
    }

    public Uri Address => new(edge!.Urls.First());

    /// <summary>The second address, that of cleartext HTTP/2.</summary>
    public Uri GrpcAddress => new(edge!.Urls.ElementAt(1));

    /// <summary>Tells the edge to stop, as SIGTERM does; ends when it is gone.</summary>
    internal Task StopEdgeAsync() => edge!.StopAsync();

    /// <summary>An administrator's key.</summary>
    public string AdminKey { get; private set; } = "";

    /// <summary>A client of the edge with the administrator's key.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <param name="settings">Of the edge, above those of every world; <c>{access}</c> in them stands for the address of Access.</param>
    public static async Task<EdgeWorld> StartAsync(int replicas = 2, params string[] settings)
    {
        var world = new EdgeWorld();
        var directory = await world.RunAsync("MlopsPlane Access", edge: false, [new AccessModule()],
            ["--Storage:DataFolder", world.folder.FullName, "--Storage:Provider", "Sqlite", "--Storage:MigrateAtStart", "true", "--Workspaces:AutoCreate", "true"]);
        world.access = directory.Urls.First();
        world.AdminKey = await directory.Services.GetRequiredService<IAdminKeys>().MakeAsync("test", CancellationToken.None);
        foreach (var service in (string[])["tracker", "registry", "console", StubModule.GrpcService])
        {
            world.stubs[service] = [];
            for (var i = 0; i < replicas; i++)
                await world.AddReplicaAsync(service);
        }

        world.WriteRoutes();
        world.edge = await world.RunAsync("MlopsPlane EdgeGateway", edge: true, [new EdgeModule()],
            ["--config", world.RoutesFile, "--Services:Access", world.access, "--Edge:RequestLog", "false",
                .. settings.Select(setting => setting.Replace("{access}", world.access, StringComparison.Ordinal))]);
        world.Admin = world.NewClient(world.AdminKey);
        await world.Admin.GetAsync("/readyz");
        return world;
    }

    internal string RoutesFile => Path.Combine(folder.FullName, "edge.json");

    internal string Folder => folder.FullName;

    internal StubModule Stub(string service, int replica = 0) => stubs[service][replica].Module;

    internal IEnumerable<StubModule> Stubs(string service) => stubs[service].Select(one => one.Module);

    /// <summary>The stub that listens on a port.</summary>
    internal StubModule StubAt(string service, string port) => stubs[service].Single(one => one.App.Urls.First().EndsWith(":" + port, StringComparison.Ordinal)).Module;

    internal Uri StubAddress(string service, int replica = 0) => new(stubs[service][replica].App.Urls.First());

    internal async Task AddReplicaAsync(string service)
    {
        var stub = new StubModule(service);
        stubs[service].Add((stub, await RunAsync($"stub {service}", edge: false, [stub], [])));
    }

    internal async Task StopReplicaAsync(string service, int replica)
    {
        await stubs[service][replica].App.StopAsync();
    }

    /// <summary>Writes the file from which the edge knows its services.</summary>
    internal void WriteRoutes(object? routes = null, object? limits = null)
    {
        var services = stubs.ToDictionary(
            one => one.Key, one => (object)new { Addresses = one.Value.Select(stub => stub.App.Urls.First()), Http2 = one.Key == StubModule.GrpcService }, StringComparer.Ordinal);
        services["access"] = new { Addresses = new[] { access } };
        var settings = new Dictionary<string, object>(StringComparer.Ordinal) { ["Services"] = services };
        if (routes is not null)
            settings["Routes"] = routes;
        if (limits is not null)
            settings["Limits"] = limits;
        var fresh = RoutesFile + ".new";
        File.WriteAllText(fresh, JsonSerializer.Serialize(new { Edge = settings }));
        File.Move(fresh, RoutesFile, overwrite: true);
    }

    public HttpClient NewClient(string? key)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
#pragma warning disable CA5359 // The tests of TLS look at certificates themselves.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
#pragma warning disable RS0030 // Tests make their own clients.
        var made = new HttpClient(handler) { BaseAddress = Address };
#pragma warning restore RS0030
        if (key is not null)
            made.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return made;
    }

    /// <summary>A service account with one role, and a client with its key.</summary>
    public async Task<(HttpClient Client, string KeyId)> ServiceAccountAsync(string name, string role, string workspace = "*")
    {
        await SucceedAsync(await Admin.PostAsJsonAsync("/api/v1/access/service-accounts", new { name }));
        await GrantAsync(name, role, workspace);
        var key = await SucceedAsync(await Admin.PostAsJsonAsync("/api/v1/access/keys", new { owner = $"service:{name}" }));
        return (NewClient(key.GetProperty("key").GetString()), key.GetProperty("details").GetProperty("id").GetString()!);
    }

    /// <summary>Gives a service account a role.</summary>
    public async Task GrantAsync(string name, string role, string workspace = "*") =>
        await SucceedAsync(await Admin.PostAsJsonAsync("/api/v1/access/grants", new { subject = $"service:{name}", workspace, role }));

    internal static async Task<JsonElement> SucceedAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        running.Reverse();
        foreach (var app in running)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private async Task<WebApplication> RunAsync(string title, bool edge, IPlaneModule[] modules, string[] arguments)
    {
        var app = PlaneHost.Build(
            CommandLine.Parse(["--urls", "http://127.0.0.1:0", "--Identity:ClusterSecret", Secret, "--Drain:Seconds", "0", .. arguments]),
            new PlaneHostOptions(title, Embedded: false) { Edge = edge }, modules);
        running.Add(app);
        await app.StartAsync();
        return app;
    }
}
