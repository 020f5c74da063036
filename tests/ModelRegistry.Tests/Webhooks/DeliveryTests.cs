using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

public sealed class DeliveriesOnSqlite(WebhookPlaneOnSqlite plane) : DeliveryTests(plane);

public sealed class DeliveriesOnPostgres(WebhookPlaneOnPostgres plane) : DeliveryTests(plane);

public abstract class DeliveryTests(WebhookPlane plane) : IAsyncLifetime
{
    private const string Secret = "kéy of mine";
    private readonly RegistryClient registry = RegistryClient.In(plane);
    private WebhookReceiver receiver = null!;

    public async ValueTask InitializeAsync() => receiver = await WebhookReceiver.StartAsync();

    [Fact]
    public async Task A_delivery_is_signed_over_its_id_its_time_and_its_body()
    {
        var id = await registry.WebhookAsync(receiver.Url, Secret, "REGISTERED_MODEL.CREATED");
        await registry.PostAsync("/registered-models/create", new { name = "m", description = "größer \"<&" });
        var one = Assert.Single(await receiver.WaitAsync(1));
        Assert.Equal(Signature(Secret, one), one.Headers["X-MLflow-Signature"]);
        Assert.InRange(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(one.Headers["X-MLflow-Timestamp"], null), 0, 60);
        await registry.PatchAsync($"/webhooks/{id}", new { secret = "another" });
        await registry.CreateModelAsync("n");
        Assert.Equal(Signature("another", (await receiver.WaitAsync(2))[1]), receiver.All[1].Headers["X-MLflow-Signature"]);
        await registry.WebhookAsync(receiver.Url + "/plain", null, "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("o");
        Assert.DoesNotContain("X-MLflow-Signature", (await receiver.WaitAsync(1, "/plain"))[0].Headers.Keys);
    }

    [Fact]
    public async Task A_receiver_that_fails_for_a_while_gets_the_same_delivery_again()
    {
        var answers = new Queue<int>([503, 500, 429]);
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = answers.TryDequeue(out var status) ? status : 200;
            return Task.CompletedTask;
        };
        var id = await registry.WebhookAsync(receiver.Url, Secret, "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("m");
        var delivery = Assert.Single(await registry.SettledAsync(id, 1));
        Assert.Equal(("delivered", 4, 200), (delivery.Text("status"), delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("responseStatus").GetInt32()));
        Assert.Equal(JsonValueKind.Null, delivery.GetProperty("error").ValueKind);
        Assert.Equal(JsonValueKind.Null, delivery.GetProperty("nextAttemptAt").ValueKind);
        Assert.True(delivery.GetProperty("finishedAt").GetDateTimeOffset() >= delivery.GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal(4, receiver.All.Count);
        Assert.Equal([delivery.Text("deliveryId")], receiver.All.Select(one => one.DeliveryId).Distinct());
        Assert.Single(receiver.All.Select(one => one.Body).Distinct());
        Assert.All(receiver.All, one => Assert.Equal(Signature(Secret, one), one.Headers["X-MLflow-Signature"]));
        Assert.Equal(0, (await registry.LogAsync(id)).GetProperty("consecutiveFailures").GetInt32());
    }

    [Fact]
    public async Task A_receiver_that_keeps_failing_is_given_up_visibly_and_can_be_sent_it_again()
    {
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync("out\0of order");
        };
        var id = await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("m");
        var failed = Assert.Single(await registry.SettledAsync(id, 1));
        Assert.Equal(("failed", WebhookPlane.MaxAttempts), (failed.Text("status"), failed.GetProperty("attempts").GetInt32()));
        Assert.Equal("The receiver answered 500: out\ufffdof order", failed.Text("error"));
        Assert.Equal(WebhookPlane.MaxAttempts, (await registry.LogAsync(id)).GetProperty("consecutiveFailures").GetInt32());
        Assert.Equal(WebhookPlane.MaxAttempts, receiver.All.Count);

        receiver.Answer = null;
        var again = await registry.PostAsync($"/api/v1/registry/webhooks/{id}/deliveries/{failed.Text("deliveryId")}/redeliver", new { });
        Assert.NotEqual(failed.Text("deliveryId"), again.Text("deliveryId"));
        var log = await registry.SettledAsync(id, 2);
        Assert.Equal([(again.Text("deliveryId"), "delivered"), (failed.Text("deliveryId"), "failed")], log.Select(one => (one.Text("deliveryId"), one.Text("status"))));
        Assert.Equal(receiver.All[0].Body, receiver.All[^1].Body);
        Assert.Single((await registry.LogAsync(id, "?status=failed")).GetProperty("deliveries").EnumerateArray());
        await registry.PatchAsync($"/webhooks/{id}", new { status = "DISABLED" });
        var (status, problem) = await registry.SendAsync(HttpMethod.Post, $"/api/v1/registry/webhooks/{id}/deliveries/{failed.Text("deliveryId")}/redeliver");
        Assert.Equal((HttpStatusCode.Conflict, "webhook_disabled"), (status, problem.Text("code")));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(302)]
    public async Task An_answer_that_a_repetition_would_not_change_ends_the_delivery(int status)
    {
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        var id = await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("m");
        var delivery = Assert.Single(await registry.SettledAsync(id, 1));
        Assert.Equal(("failed", 1, status), (delivery.Text("status"), delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("responseStatus").GetInt32()));
        Assert.Single(receiver.All);
    }

    [Fact]
    public async Task A_receiver_says_when_to_come_again()
    {
        var first = true;
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = first ? 429 : 200;
            http.Response.Headers.RetryAfter = "2";
            first = false;
            return Task.CompletedTask;
        };
        var id = await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("m");
        await receiver.WaitAsync(1);
        var delivery = Assert.Single(await registry.SettledAsync(id, 1));
        Assert.Equal(2, delivery.GetProperty("attempts").GetInt32());
        Assert.True(delivery.GetProperty("lastAttemptAt").GetDateTimeOffset() - delivery.GetProperty("createdAt").GetDateTimeOffset() >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_slow_receiver_and_a_dead_one_do_not_hold_up_the_others()
    {
        using var release = new CancellationTokenSource();
        receiver.Answer = async (one, http) =>
        {
            if (one.Path == "/slow")
                await Task.Delay(TimeSpan.FromMinutes(1), release.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var slow = await registry.WebhookAsync(receiver.Url + "/slow", null, "REGISTERED_MODEL.CREATED");
        await registry.WebhookAsync("http://127.0.0.1:1/dead", null, "REGISTERED_MODEL.CREATED");
        var quick = await registry.WebhookAsync(receiver.Url + "/quick", null, "REGISTERED_MODEL.CREATED");
        for (var i = 0; i < 30; i++)
            await registry.CreateModelAsync($"m{i}");
        var told = await receiver.WaitAsync(30, "/quick");
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"m{i}"), told.Select(one => one.Data.Text("name")));
        var waiting = await registry.LogAsync(slow, "?status=waiting&limit=1000");
        Assert.InRange(waiting.GetProperty("deliveries").GetArrayLength(), 20, 30);
        Assert.All(await registry.SettledAsync(quick, 30), one => Assert.Equal(("delivered", 1), (one.Text("status"), one.GetProperty("attempts").GetInt32())));
        var metrics = await registry.Http.GetStringAsync("/metrics");
        Assert.Contains("mlops_webhook_deliveries_total{outcome=\"delivered\"}", metrics, StringComparison.Ordinal);
        // The slow one is cut off in time and told again later, without end of the test.
        await registry.DeleteAsync($"/webhooks/{slow}");
        await release.CancelAsync();
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_counts_as_none()
    {
        receiver.Answer = (_, http) => Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted);
        var id = await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        await registry.CreateModelAsync("m");
        await receiver.WaitAsync(2);
        var delivery = (await registry.LogAsync(id)).GetProperty("deliveries")[0];
        Assert.Equal(("waiting", "The receiver did not answer within 2 s."), (delivery.Text("status"), delivery.Text("error")));
        var (status, problem) = await registry.SendAsync(HttpMethod.Post, $"/api/v1/registry/webhooks/{id}/deliveries/{delivery.Text("deliveryId")}/redeliver");
        Assert.Equal((HttpStatusCode.Conflict, "delivery_waiting"), (status, problem.Text("code")));
        await registry.DeleteAsync($"/webhooks/{id}");
    }

    [Fact]
    public async Task The_log_is_read_in_pages()
    {
        var id = await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED");
        for (var i = 0; i < 5; i++)
            await registry.CreateModelAsync($"m{i}");
        await registry.SettledAsync(id, 5);
        var seen = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var page = await registry.LogAsync(id, $"?limit=2&pageToken={token}");
            seen.AddRange(page.GetProperty("deliveries").EnumerateArray().Select(one => one.Text("deliveryId")));
            token = page.GetProperty("nextPageToken").GetString();
        }

        Assert.Equal(receiver.All.Select(one => one.DeliveryId).Reverse(), seen);
    }

    public async ValueTask DisposeAsync()
    {
        registry.Dispose();
        await receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The documented formula, written down anew.</summary>
    private static string Signature(string secret, WebhookReceiver.Received one)
    {
        using var mac = new HMACSHA256(Encoding.UTF8.GetBytes(secret));
        var signed = $"{one.Headers["X-MLflow-Delivery-Id"]}.{one.Headers["X-MLflow-Timestamp"]}.{one.Body}";
        return "v1," + Convert.ToBase64String(mac.ComputeHash(Encoding.UTF8.GetBytes(signed)));
    }
}
