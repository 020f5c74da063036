using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

/// <summary>The real services as processes of their own, with events over a real broker.</summary>
public sealed class SeparateHostEventTests
{
    [Fact]
    public async Task What_the_registry_does_reaches_the_tracker_over_the_broker()
    {
        using var hosts = await SeparateHosts.OnEmptyDatabasesAsync(await (await Require.RabbitAsync()).CreateVirtualHostAsync());
        foreach (var service in new[] { "Access", "ExperimentTracker", "ModelRegistry" })
            Assert.Equal(0, await hosts.MigrateAsync(service));
        Assert.Contains("declared queue registry x-queue-type=quorum", hosts.Migrated, StringComparison.Ordinal);
        var access = await hosts.StartAsync("Access", "--Workspaces:AutoCreate", "true");
        var tracker = await hosts.StartAsync("ExperimentTracker", "--Services:Access", access.Address.ToString());
        var registry = await hosts.StartAsync("ModelRegistry", "--Services:Access", access.Address.ToString(), "--Services:Tracker", tracker.Address.ToString());
        await Until(async () => (await tracker.Http.GetAsync("/readyz")).IsSuccessStatusCode && (await registry.Http.GetAsync("/readyz")).IsSuccessStatusCode);

        var run = (await PostAsync(tracker, "runs/create", new { experiment_id = "0" })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
        await PostAsync(registry, "registered-models/create", new { name = "fraud" });
        await PostAsync(registry, "model-versions/create", new { name = "fraud", source = "s3://bucket/model", run_id = run });
        await Until(async () => (await RegistrationsAsync(tracker, run)).GetArrayLength() == 1);

        await PostAsync(registry, "registered-models/rename", new { name = "fraud", new_name = "fraud-2" });
        await Until(async () => (await RegistrationsAsync(tracker, run))[0].GetProperty("model").GetString() == "fraud-2");
        await Until(async () => (await registry.Http.GetFromJsonAsync<JsonElement>("/api/v1/events/outbox"))[0].GetProperty("waiting").GetInt32() == 0);
        var letters = await tracker.Http.GetFromJsonAsync<JsonElement>("/api/v1/events/dead-letters");
        Assert.All(letters.EnumerateArray(), queue => Assert.Equal(0, queue.GetProperty("messages").GetInt32()));
    }

    [Fact]
    public async Task A_host_without_its_queues_is_unready_and_one_without_its_broker_goes_on()
    {
        var address = await (await Require.RabbitAsync()).CreateVirtualHostAsync();
        using var hosts = await SeparateHosts.OnEmptyDatabasesAsync();
        Assert.Equal(0, await hosts.MigrateAsync("Access"));
        var unprepared = await hosts.StartAsync("Access", "--Messaging:RabbitMq", address);
        await Until(async () => (await unprepared.Http.GetStringOfAsync("/readyz")).Contains("The broker lacks queues of this build; run the migrate verb.", StringComparison.Ordinal));
        using (var unready = await unprepared.Http.GetAsync("/readyz"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.StatusCode);

        var alone = await hosts.StartAsync("Access", "--Messaging:RabbitMq", "amqp://127.0.0.1:1/none");
        await Until(async () => (await alone.Http.GetStringOfAsync("/readyz")).Contains("The broker does not answer; events wait in the outbox.", StringComparison.Ordinal));
        using (var ready = await alone.Http.GetAsync("/readyz"))
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using var created = await alone.Http.PostAsJsonAsync("/api/3.0/mlflow/workspaces", new { name = "team-a" });
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync());
        Assert.Equal(1, (await alone.Http.GetFromJsonAsync<JsonElement>("/api/v1/events/outbox"))[0].GetProperty("waiting").GetInt32());
        using var letters = await alone.Http.GetAsync("/api/v1/events/dead-letters");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, letters.StatusCode);
    }

    private static async Task<JsonElement> RegistrationsAsync(PlaneProcess tracker, string run)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tracking/runs/{run}/registrations");
        request.Headers.Add("X-MLFLOW-WORKSPACE", "team-a");
        using var response = await tracker.Http.SendAsync(request);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("registrations");
    }

    /// <summary>Repeats a 503: the first questions between cold processes may take longer than their bound.</summary>
    private static async Task<JsonElement> PostAsync(PlaneProcess host, string path, object body)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/2.0/mlflow/{path}") { Content = JsonContent.Create(body) };
            request.Headers.Add("X-MLFLOW-WORKSPACE", "team-a");
            using var response = await host.Http.SendAsync(request, bound.Token);
            var text = await response.Content.ReadAsStringAsync(bound.Token);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                continue;
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(50, bound.Token);
    }
}

file static class Bodies
{
    /// <summary>The body of any answer, a 503 too.</summary>
    public static async Task<string> GetStringOfAsync(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return await response.Content.ReadAsStringAsync();
    }
}
