using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Keys;

/// <summary>When a key was used last is gathered in memory and must not be lost with it.</summary>
public sealed class LastUseTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-use-");

    [Fact]
    public async Task A_key_that_was_used_just_before_a_stop_does_not_look_unused_after_it()
    {
        string adminKey, id;
        await using (var first = await StartAsync())
        {
            adminKey = await first.Services.GetRequiredService<IAdminKeys>().MakeAsync("test", CancellationToken.None);
            using var client = Client(first, adminKey);
            id = (await client.ReadAsync("whoami")).Text("keyId");
            Assert.Equal(JsonValueKind.Null, Used(await client.ReadAsync("keys"), id).ValueKind);
            await first.StopAsync();
        }

        await using var second = await StartAsync();
        using var again = Client(second, adminKey);
        Assert.InRange(
            (TimeProvider.System.GetUtcNow() - Used(await again.ReadAsync("keys"), id).GetDateTimeOffset()).TotalSeconds, 0, 60);
        await second.StopAsync();
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static JsonElement Used(JsonElement keys, string id) =>
        keys.GetProperty("keys").EnumerateArray().Single(key => key.Text("id") == id).GetProperty("lastUsedAt");

    private async Task<WebApplication> StartAsync()
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0", ["Storage:DataFolder"] = folder.FullName, ["Identity:Required"] = "true",
        };
        var app = PlaneHost.Build(new CommandLine("serve", null, settings), new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules);
        await app.StartAsync();
        return app;
    }

    private static HttpClient Client(WebApplication app, string key)
    {
#pragma warning disable RS0030 // One client for one test.
        var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }
}
