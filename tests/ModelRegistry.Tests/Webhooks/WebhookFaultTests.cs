using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;
using static MlopsPlane.ModelRegistry.Tests.Webhooks.WebhookCalls;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

/// <summary>What a committed delivery is worth when processes die, and when several share the work.</summary>
public sealed class WebhookFaultTests : IDisposable
{
    private static readonly string[] Receivers =
        ["--Webhooks:AllowHttp", "true", "--Webhooks:AllowedPrivateHosts:0", "127.0.0.1", "--Webhooks:RetrySeconds", "0.2", "--Webhooks:TimeoutSeconds", "2"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-hooks-");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_killed_between_commit_and_delivery_loses_none(bool onPostgres)
    {
        const int Models = 20;
        string[] arguments = onPostgres
            ? [.. Receivers, .. PlaneProcess.OnPostgres(await (await Require.PostgresAsync()).CreateDatabasesAsync($"w{Guid.CreateVersion7():N}", "access", "tracker", "registry"))]
            : Receivers;
        int port;
        await using (var closed = await WebhookReceiver.StartAsync())
            port = closed.Port;
        string id;
        using (var plane = await PlaneProcess.StartAsync(folder.FullName, arguments))
        {
            id = await CreateAsync(plane, $"http://127.0.0.1:{port}/", "s");
            for (var i = 0; i < Models; i++)
                await ModelAsync(plane, $"m{i}");
            plane.Kill();
        }

        await using var receiver = await WebhookReceiver.StartAsync(port);
        using var again = await PlaneProcess.StartAsync(folder.FullName, arguments);
        var told = await receiver.WaitAsync(Models);
        Assert.Equal(Enumerable.Range(0, Models).Select(i => $"m{i}").Order(StringComparer.Ordinal), told.Select(one => one.Data.Text("name")).Order(StringComparer.Ordinal));
        Assert.All(told, one => Assert.StartsWith("v1,", one.Headers["X-MLflow-Signature"], StringComparison.Ordinal));
        await AllEndAsync(again, id, Models, "delivered");
    }

    [Fact]
    public async Task An_attempt_under_way_at_a_kill_is_made_again_with_the_same_id_when_its_lease_has_ended()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => Task.Delay(TimeSpan.FromMinutes(1), http.RequestAborted);
        string id;
        using (var plane = await PlaneProcess.StartAsync(folder.FullName, [.. Receivers, "--Webhooks:TimeoutSeconds", "1"]))
        {
            id = await CreateAsync(plane, receiver.Url, null);
            await ModelAsync(plane, "m");
            await receiver.WaitAsync(1);
            plane.Kill();
        }

        receiver.Answer = null;
        using var again = await PlaneProcess.StartAsync(folder.FullName, [.. Receivers, "--Webhooks:TimeoutSeconds", "1"]);
        await receiver.WaitAsync(2);
        Assert.Single(receiver.All.Select(one => one.DeliveryId).Distinct());
        await AllEndAsync(again, id, 1, "delivered");
    }

    [Fact]
    public async Task Replicas_share_the_deliveries_and_send_none_twice()
    {
        const int ModelsEach = 60;
        var database = await (await Require.PostgresAsync()).CreateDatabasesAsync($"w{Guid.CreateVersion7():N}", "access", "tracker", "registry");
        string[] arguments =
        [
            .. Receivers, .. PlaneProcess.OnPostgres(database), "--Webhooks:SecretKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            "--Webhooks:ConcurrencyPerWebhook", "4",
        ];
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, _) => Task.Delay(20);
        using var one = await PlaneProcess.StartAsync(Path.Combine(folder.FullName, "one"), arguments);
        using var two = await PlaneProcess.StartAsync(Path.Combine(folder.FullName, "two"), arguments);
        var id = await CreateAsync(one, receiver.Url, "shared");
        await Task.WhenAll(WriteAsync(one, "a"), WriteAsync(two, "b"));
        await AllEndAsync(two, id, 2 * ModelsEach, "delivered");
        Assert.Equal(2 * ModelsEach, receiver.All.Count);
        Assert.Equal(2 * ModelsEach, receiver.All.Select(received => received.DeliveryId).Distinct().Count());
        // Both took part: each counts what it delivered.
        foreach (var plane in new[] { one, two })
            Assert.Contains("mlops_webhook_deliveries_total{outcome=\"delivered\"}", await plane.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        static async Task WriteAsync(PlaneProcess plane, string stem)
        {
            for (var i = 0; i < ModelsEach; i++)
                await ModelAsync(plane, $"{stem}{i}");
        }
    }

    [Fact]
    public async Task A_stop_waits_for_the_answer_to_what_is_under_way()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, _) => Task.Delay(1000);
        string id;
        using (var plane = await PlaneProcess.StartAsync(folder.FullName, Receivers))
        {
            id = await CreateAsync(plane, receiver.Url, null);
            await ModelAsync(plane, "m");
            await receiver.WaitAsync(1);
            Assert.Equal(0, await plane.StopAsync());
        }

        using var again = await PlaneProcess.StartAsync(folder.FullName, Receivers);
        await AllEndAsync(again, id, 1, "delivered");
        Assert.Single(receiver.All);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<string> CreateAsync(PlaneProcess plane, string url, string? secret)
    {
        using var made = await plane.Http.PostAsJsonAsync("/api/2.0/mlflow/webhooks", new { name = "h", url, secret, events = Events("REGISTERED_MODEL.CREATED") });
        var answer = await made.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(made.IsSuccessStatusCode, answer.GetRawText());
        return answer.GetProperty("webhook").Text("webhook_id");
    }

    private static async Task ModelAsync(PlaneProcess plane, string name)
    {
        using var made = await plane.Http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name });
        made.EnsureSuccessStatusCode();
    }

    private static async Task AllEndAsync(PlaneProcess plane, string webhook, int count, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        List<JsonElement> deliveries;
        do
        {
            await Task.Delay(50, patience.Token);
            deliveries = (await plane.Http.GetFromJsonAsync<JsonElement>($"/api/v1/registry/webhooks/{webhook}/deliveries?limit=1000", patience.Token))
                .GetProperty("deliveries").EnumerateArray().ToList();
        }
        while (deliveries.Exists(one => one.Text("status") == "waiting"));
        Assert.Equal(count, deliveries.Count);
        Assert.All(deliveries, one => Assert.Equal(status, one.Text("status")));
    }
}
