using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Sending;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

public sealed class WebhookUpkeepOnSqlite(WebhookPlaneOnSqlite plane) : WebhookUpkeepTests(plane);

public sealed class WebhookUpkeepOnPostgres(WebhookPlaneOnPostgres plane) : WebhookUpkeepTests(plane);

public abstract class WebhookUpkeepTests(WebhookPlane plane) : IAsyncLifetime
{
    private const long Day = 86_400_000_000;
    private readonly RegistryClient registry = RegistryClient.In(plane);
    private WebhookReceiver receiver = null!;

    public async ValueTask InitializeAsync() => receiver = await WebhookReceiver.StartAsync();

    [Fact]
    public async Task Deliveries_are_forgotten_a_week_after_their_end_and_given_up_after_a_week_of_waiting()
    {
        var id = await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        for (var i = 0; i < 3; i++)
            await registry.CreateModelAsync($"m{i}");
        await registry.SettledAsync(id, 3);
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = "600";
            return Task.CompletedTask;
        };
        await registry.CreateModelAsync("waits");
        await receiver.WaitAsync(4);
        await Until.TrueAsync(async () => (await registry.LogAsync(id, "?status=waiting")).GetProperty("deliveries")[0].GetProperty("responseStatus").ValueKind == JsonValueKind.Number);
        await registry.PatchAsync($"/webhooks/{id}", new { status = "DISABLED" });
        await using (var scope = plane.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
            var mine = db.Deliveries.Where(row => row.WebhookId == id);
            var old = await mine.OrderBy(row => row.Position).Take(2).Select(row => row.Position).ToListAsync();
            await mine.Where(row => old.Contains(row.Position)).ExecuteUpdateAsync(set => set.SetProperty(row => row.FinishedAt, row => row.FinishedAt - (8 * Day)));
            await mine.Where(row => row.DueAt != null).ExecuteUpdateAsync(set => set.SetProperty(row => row.CreatedAt, row => row.CreatedAt - (8 * Day)).SetProperty(row => row.DueAt, 1));
            await scope.ServiceProvider.GetRequiredService<WebhookCleaner>().CleanAsync(default);
        }

        var log = (await registry.LogAsync(id)).GetProperty("deliveries").EnumerateArray().ToList();
        Assert.Equal([("failed", "It waited longer than 7 days."), ("delivered", null)], log.Select(one => (one.Text("status"), one.GetProperty("error").GetString())));
    }

    [Fact]
    public async Task What_a_deleted_webhook_leaves_is_removed_in_the_background()
    {
        var id = await registry.WebhookAsync(receiver.Url, "s", "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("m");
        await registry.SettledAsync(id, 1);
        await registry.DeleteAsync($"/webhooks/{id}");
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        Assert.Null(await db.Webhooks.Where(row => row.WebhookId == id).Select(row => row.Secret).SingleAsync());
        await scope.ServiceProvider.GetRequiredService<WebhookCleaner>().CleanAsync(default);
        Assert.False(await db.Webhooks.AnyAsync(row => row.WebhookId == id));
        Assert.False(await db.Deliveries.AnyAsync(row => row.WebhookId == id));
    }

    [Fact]
    public async Task Webhooks_keep_a_workspace_from_being_deleted_and_move_with_it_or_end_with_it()
    {
        var id = await registry.WebhookAsync(receiver.Url, "s", "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("before");
        await receiver.WaitAsync(1);
        await registry.DeleteAsync("/registered-models/delete", new { name = "before" });
        var (status, refusal) = await registry.SendAsync(HttpMethod.Delete, $"/api/3.0/mlflow/workspaces/{registry.Workspace}?mode=RESTRICT");
        Assert.NotEqual(HttpStatusCode.OK, status);
        Assert.Contains("table 'webhooks' still contains 1 resource(s)", refusal.GetRawText(), StringComparison.Ordinal);
        await registry.DeleteAsync($"/api/3.0/mlflow/workspaces/{registry.Workspace}?mode=SET_DEFAULT");
        using var target = new RegistryClient(plane, "default");
        await Until.TrueAsync(async () => (await target.SendAsync(HttpMethod.Get, $"/webhooks/{id}")).Status == HttpStatusCode.OK);
        var after = $"after-{Guid.CreateVersion7():N}";
        await target.CreateModelAsync(after);
        var told = await receiver.WaitAsync(2);
        Assert.Equal((after, "default"), (told[1].Data.Text("name"), told[1].Json.Text("workspace")));
        Assert.StartsWith("v1,", told[1].Headers["X-MLflow-Signature"], StringComparison.Ordinal);
        await target.DeleteAsync($"/webhooks/{id}");

        using var gone = RegistryClient.In(plane);
        var ended = await gone.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        await gone.CreateModelAsync("m");
        await gone.SettledAsync(ended, 1);
        await gone.DeleteAsync($"/api/3.0/mlflow/workspaces/{gone.Workspace}?mode=CASCADE");
        await Until.TrueAsync(async () =>
        {
            await using var scope = plane.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<WorkspaceCleaner<RegistryDb>>().CleanAsync(default);
            return !await scope.ServiceProvider.GetRequiredService<RegistryDb>().Webhooks.AnyAsync(row => row.WebhookId == ended);
        });
    }

    public async ValueTask DisposeAsync()
    {
        registry.Dispose();
        await receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
