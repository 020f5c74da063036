using System.Net;
using Microsoft.AspNetCore.Builder;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Testing.Servers;
using Xunit;

namespace MlopsPlane.Testing.Hosts;

/// <summary>
/// A whole host on a real Kestrel port with an empty database, started once for a test class. Derive one fixture a
/// provider; each test works in a workspace or under names of its own.
/// </summary>
public abstract class PlaneFixture : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("plane-test-").FullName;
    private WebApplication? app;
    private HttpClient? client;
    private string? missing;

    /// <summary>The modules under test.</summary>
    protected abstract IPlaneModule[] Modules { get; }

    protected abstract bool OnPostgres { get; }

    /// <summary>Settings beside the defaults.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    /// <summary>A client of the server's address; a workspace is named by header or base path.</summary>
    public HttpClient Client => client ?? throw Missing();

    public IServiceProvider Services => (app ?? throw Missing()).Services;

    public Uri Address => Client.BaseAddress!;

    public string DataFolder => folder;

    public virtual async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Storage:DataFolder"] = folder,
            ["Workspaces:AutoCreate"] = "true",
        };
        if (OnPostgres)
        {
            var server = await PostgresServer.SharedAsync();
            if (server is null)
            {
                // Told by the first test that asks for the host: a fixture itself cannot skip.
                missing = Require.Postgres;
                return;
            }

            settings["Storage:Provider"] = "Postgres";
            settings["Storage:Postgres"] = await server.CreateDatabasesAsync(
                $"t{Guid.CreateVersion7():N}", [.. Modules.Select(module => module.Name)]);
        }

        foreach (var (key, value) in Settings)
            settings[key] = value;
        app = PlaneHost.Build(new CommandLine("serve", null, settings), new PlaneHostOptions("MlopsPlane", Embedded: true), Modules);
        await app.StartAsync();
        client = NewClient();
    }

    /// <summary>Whether the database that it needs is here; the tests of one that is not are skipped, or fail where they must run.</summary>
    protected bool Started => app is not null;

    /// <summary>A client of its own connections, bound to a workspace when one is named.</summary>
    public HttpClient NewClient(string? workspace = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None };
#pragma warning disable RS0030 // Tests make their own clients; the handler above bounds nothing on purpose.
        var made = new HttpClient(handler) { BaseAddress = new Uri((app ?? throw Missing()).Urls.First()), Timeout = TimeSpan.FromSeconds(100) };
#pragma warning restore RS0030
        if (workspace is not null)
            made.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", workspace);
        return made;
    }

    /// <summary>A workspace that no other test uses.</summary>
    public static string FreshWorkspace() => $"t-{Guid.CreateVersion7():N}";

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (app is not null)
        {
            // A host whose services could not be made has nothing to stop, and fails at it.
            if (client is not null)
                await app.StopAsync();
            await app.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private InvalidOperationException Missing()
    {
        Require.Missing(missing ?? "a started host");
        return new InvalidOperationException("The host was not started.");
    }
}
