using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;
using MlopsPlane.ModelRegistry.Webhooks.Sending;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

public sealed class ClaimsOnSqlite(WebhookPlaneOnSqlite plane) : DeliveryClaimTests(plane);

public sealed class ClaimsOnPostgres(WebhookPlaneOnPostgres plane) : DeliveryClaimTests(plane);

public abstract class DeliveryClaimTests(WebhookPlane plane) : IDisposable
{
    private static readonly SendResult Fine = new(200, "", null, null, MayRepeat: false);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task What_comes_of_an_attempt_that_counts_as_lost_is_not_written_down()
    {
        var id = await WaitingAsync(1);
        await using var scope = plane.Services.CreateAsyncScope();
        var claims = scope.ServiceProvider.GetRequiredService<DeliveryClaims>();
        var lost = Assert.Single(await claims.TakeAsync(id, 5, TimeSpan.Zero, default));
        var second = Assert.Single(await claims.TakeAsync(id, 5, Lease, default));
        Assert.Equal((lost.DeliveryId, 1, 2), (second.DeliveryId, lost.Attempts, second.Attempts));
        Assert.Empty(await claims.TakeAsync(id, 5, Lease, default));
        await claims.FinishAsync(id, lost, WebhookDelivery.Failed, SendResult.Refused("late"), default);
        await claims.RepeatAsync(id, lost, TimeSpan.Zero, SendResult.Unreached("late"), default);
        await claims.PutBackAsync(lost, default);
        Assert.Empty(await claims.TakeAsync(id, 5, Lease, default));
        await claims.FinishAsync(id, second, WebhookDelivery.Delivered, Fine, default);
        await claims.FinishAsync(id, second, WebhookDelivery.Failed, SendResult.Refused("twice"), default);
        var one = (await registry.LogAsync(id)).GetProperty("deliveries")[0];
        Assert.Equal(("delivered", 2), (one.Text("status"), one.GetProperty("attempts").GetInt32()));
        Assert.Equal(0, (await registry.LogAsync(id)).GetProperty("consecutiveFailures").GetInt32());
    }

    [Fact]
    public async Task Several_senders_take_every_delivery_and_none_of_them_twice()
    {
        const int Count = 60;
        var id = await WaitingAsync(Count);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var scope = plane.Services.CreateAsyncScope();
            var claims = scope.ServiceProvider.GetRequiredService<DeliveryClaims>();
            var mine = new List<long>();
            while (await claims.TakeAsync(id, 3, Lease, default) is { Count: > 0 } some)
                mine.AddRange(some.Select(claim => claim.Position));
            return mine;
        }));
        Assert.Equal(Count, taken.Sum(mine => mine.Count));
        Assert.Equal(Count, taken.SelectMany(mine => mine).Distinct().Count());
    }

    [Theory]
    [InlineData(1, 3.75, 6.25)]
    [InlineData(4, 30, 50)]
    [InlineData(40, 2700, 4500)]
    public void Each_wait_is_about_twice_as_long_as_the_one_before_up_to_an_hour(int attempts, double shortest, double longest)
    {
        Assert.Equal((shortest, longest), (RetrySchedule.Wait(attempts, 5, null, 0).TotalSeconds, RetrySchedule.Wait(attempts, 5, null, 1).TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(7), RetrySchedule.Wait(attempts, 5, TimeSpan.FromSeconds(7), 0.5));
        Assert.Equal(TimeSpan.FromSeconds(1), RetrySchedule.Wait(attempts, 5, TimeSpan.FromSeconds(-7), 0.5));
        Assert.Equal(TimeSpan.FromHours(1), RetrySchedule.Wait(attempts, 5, TimeSpan.FromDays(7), 0.5));
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A webhook that the product's own sender leaves alone, with deliveries that are due.</summary>
    private async Task<string> WaitingAsync(int count)
    {
        var id = await registry.WebhookAsync("https://a.example.com", null, "REGISTERED_MODEL.CREATED");
        await registry.PatchAsync($"/webhooks/{id}", new { status = "DISABLED" });
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var now = TimeProvider.System.NowMicroseconds();
        await db.WriteAsync(_ =>
        {
            db.Deliveries.AddRange(Enumerable.Range(0, count).Select(i => WebhookDelivery.Due(id, "registered_model.created", "{}", now - 1000 + i, TimeProvider.System)));
            return Task.CompletedTask;
        }, default);
        return id;
    }
}
