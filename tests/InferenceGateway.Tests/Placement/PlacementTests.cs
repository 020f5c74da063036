using System.Net;
using System.Text.Json;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Placement;

public sealed class PlacementOnSqlite(FirstOnSqlite plane) : PlacementTests(plane, plane), IClassFixture<FirstOnSqlite>;

public sealed class PlacementOnPostgres(FirstOnPostgres plane) : PlacementTests(plane, plane), IClassFixture<FirstOnPostgres>;

public abstract partial class PlacementTests(PlaneFixture plane, IGrpcPlane speaks) : IDisposable
{
    private static readonly object Ones = ServingWorld.Floats("x", [1, 4], 1, 1, 1, 1);
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task A_request_reaches_the_replica_that_holds_the_model_in_one_hop_over_both_protocols()
    {
        await using var second = await SecondReplica.StartAsync(plane, "second");
        var name = await world.DeployAsync("add-constant.onnx", new { replicas = 1, pin = new[] { "second" } });
        var holder = Assert.Single(await PlacementsAsync(name));
        Assert.Equal(("second", "pinned"), (holder.GetProperty("name").GetString(), holder.GetProperty("reason").GetString()));

        var (status, answer, response) = await world.PostAsync($"{name}/infer", Ones);
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        Assert.Equal(holder.GetProperty("replica").GetString(), response.Headers.GetValues("X-Plane-Replica").Single());
        response.Dispose();
        using (var raw = await world.PostBinaryAsync(name, """{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":16}}],"parameters":{"binary_data_output":true}}""", new byte[16]))
        {
            Assert.Equal(HttpStatusCode.OK, raw.StatusCode);
            Assert.True(raw.Headers.Contains("Inference-Header-Content-Length"));
        }

        using (var scored = await world.Http.PostAsync($"/deployments/{name}/invocations", System.Net.Http.Json.JsonContent.Create(new { inputs = new[] { new[] { 1, 1, 1, 1 } } })))
            Assert.True(scored.IsSuccessStatusCode, await scored.Content.ReadAsStringAsync());
        Assert.Contains("\"1\"", await world.Http.GetStringAsync($"/v2/models/{name}"), StringComparison.Ordinal);
        Assert.Contains(name, await world.Http.GetStringAsync("/v2/models"), StringComparison.Ordinal);

        using var grpc = new GrpcClient(speaks, world.Workspace);
        using (var call = grpc.StartInfer(GrpcClient.Floats(name, [1, 4], 1, 1, 1, 1)))
        {
            Assert.Equal(name, (await call).ModelName);
            Assert.Equal(holder.GetProperty("replica").GetString(), (await call.ResponseHeadersAsync).GetValue("x-plane-replica"));
        }

        using (var stream = grpc.Stream())
        {
            await stream.RequestStream.WriteAsync(GrpcClient.Floats(name, [1, 4], 1, 1, 1, 1), TestContext.Current.CancellationToken);
            await stream.RequestStream.WriteAsync(GrpcClient.Floats("nobody", [1, 4], 1, 1, 1, 1), TestContext.Current.CancellationToken);
            await stream.RequestStream.CompleteAsync();
            Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal(("", name), (stream.ResponseStream.Current.ErrorMessage, stream.ResponseStream.Current.InferResponse.ModelName));
            Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Contains("nobody", stream.ResponseStream.Current.ErrorMessage, StringComparison.Ordinal);
        }

        await grpc.RefusedAsync(GrpcClient.Floats(name, [1, 3], 1, 1, 1), StatusCode.InvalidArgument, "'x'");
        // Marked, it goes no further.
        world.Http.DefaultRequestHeaders.Add("X-Plane-Hop", "1");
        await world.RefusedAsync(name, Ones, HttpStatusCode.ServiceUnavailable, "is not ready");
    }

    [Fact]
    public async Task A_replica_knows_what_was_deployed_through_another_a_moment_ago()
    {
        await using var other = await SecondReplica.StartAsync(plane, "other", ("Serving:Pool", "empty"));
        using var through = other.NewClient(world.Workspace);
        using (var refused = await through.PostAsync("/v2/models/nobody/infer", System.Net.Http.Json.JsonContent.Create(Ones)))
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        for (var round = 0; round < 3; round++)
        {
            var name = $"m-{Guid.CreateVersion7():N}";
            await world.RegisterAsync(name, "add-constant.onnx");
            await world.Deployments.OkAsync(HttpMethod.Post, "", new { name, model = $"models:/{name}/1" });
            using var response = await through.PostAsync($"/v2/models/{name}/infer", System.Net.Http.Json.JsonContent.Create(Ones));
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Where_the_replica_that_holds_is_gone_another_takes_over()
    {
        var third = await SecondReplica.StartAsync(plane, "third", ("Serving:Pool", "two"));
        await using var fourth = await SecondReplica.StartAsync(plane, "fourth", ("Serving:Pool", "two"));
        var name = await world.DeployAsync("add-constant.onnx", new { pool = "two" });
        Assert.Equal(["fourth", "third"], await NamesAsync(name));
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync($"/{name}")).GetProperty("phase").GetString() == "Ready");
        var single = await world.DeployAsync("add-constant.onnx", new { pool = "two", replicas = 1, pin = new[] { "third", "fourth" } });
        await third.DisposeAsync();
        // Still assigned to both; the one that cannot be connected to is passed over.
        await world.InferAsync(name, Ones);
        using (var grpc = new GrpcClient(speaks, world.Workspace))
            Assert.Equal(name, (await grpc.InferAsync(GrpcClient.Floats(name, [1, 4], 1, 1, 1, 1))).ModelName);
        // A replica that stops says so, and what needs one replica goes to another within seconds.
        await Until.TrueAsync(async () => (await NamesAsync(single)).SequenceEqual(["fourth"]), seconds: 20);
        await Until.TrueAsync(async () => (await world.PostAsync($"{single}/infer", Ones)).Status == HttpStatusCode.OK);
        var alone = await world.DeployAsync("add-constant.onnx", new { pool = "two", replicas = 1, pin = new[] { "fourth" } });
        await world.InferAsync(alone, Ones);
    }

    [Fact]
    public async Task What_is_pinned_elsewhere_is_served_there_before_it_is_given_up_here()
    {
        await using var second = await SecondReplica.StartAsync(plane, "second");
        var name = await world.DeployAsync("add-constant.onnx", new { replicas = 1, pin = new[] { "first" } });
        await world.InferAsync(name, Ones);
        using var moved = new CancellationTokenSource();
        var asking = Task.Run(async () =>
        {
            while (!moved.IsCancellationRequested)
                await world.InferAsync(name, Ones);
        });
        await world.Deployments.OkAsync(HttpMethod.Patch, $"/{name}", """{"pin":["second"]}""", "application/merge-patch+json");
        await Until.TrueAsync(async () => (await NamesAsync(name)).SequenceEqual(["second"]));
        await world.InferAsync(name, Ones);
        await moved.CancelAsync();
        await asking;
    }

    [Fact]
    public async Task What_cannot_be_placed_is_pending_and_says_why_until_it_can()
    {
        var model = $"m-{Guid.CreateVersion7():N}";
        var version = await world.RegisterAddAsync(model, 1);
        await world.Deployments.OkAsync(HttpMethod.Post, "", new { name = "lost", model = $"models:/{model}/{version}", pool = "gone" });
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync("/lost")).GetProperty("waiting").GetString() == "no replica of the pool 'gone' is alive");
        var status = await world.Deployments.GetAsync("/lost/status");
        Assert.Equal("Pending", status.GetProperty("phase").GetString());
        Assert.Contains("no replica of the pool 'gone' is alive", status.GetProperty("conditions").GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        await Until.TrueAsync(async () => (await world.PostAsync("lost/infer", Ones)).Body.GetRawText().Contains("no replica of the pool", StringComparison.Ordinal));
        await world.Deployments.OkAsync(HttpMethod.Patch, "/lost", """{"provider":{"kind":"cuda"},"pool":"default"}""", "application/merge-patch+json");
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync("/lost")).GetProperty("phase").GetString() == "Failed");
        await world.Deployments.OkAsync(HttpMethod.Patch, "/lost", """{"provider":null}""", "application/merge-patch+json");
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync("/lost")).GetProperty("phase").GetString() == "Ready");
        Assert.Equal(JsonValueKind.Null, (await world.Deployments.GetAsync("/lost")).GetProperty("waiting").ValueKind);
    }

    [Fact]
    public async Task An_idle_deployment_is_unloaded_and_the_next_requests_wait_for_it()
    {
        var name = await world.DeployAsync("add-constant.onnx", new { idleUnloadSeconds = 1 });
        await world.InferAsync(name, Ones);
        for (var round = 0; round < 2; round++)
        {
            await StateAsync(name, "Unloaded");
            await Until.TrueAsync(async () => (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("phase").GetString() == "Ready");
            using (var ready = await world.Http.GetAsync($"/v2/models/{name}/ready"))
                Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            using (var ready = await world.Http.GetAsync($"/v2/models/{name}/versions/1/ready"))
                Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.InferAsync(name, Ones))), answer => Assert.Equal(name, answer.GetProperty("model_name").GetString()));
        }
    }

    [Fact]
    public async Task The_repository_extension_unloads_and_loads_on_every_replica()
    {
        var name = await world.DeployAsync("add-constant.onnx");
        Assert.Equal(HttpStatusCode.OK, (await ControlAsync(name, "unload")).Status);
        await Until.TrueAsync(async () => (await world.PostAsync($"{name}/infer", Ones)).Status == HttpStatusCode.ServiceUnavailable);
        await world.RefusedAsync(name, Ones, HttpStatusCode.ServiceUnavailable, "it was unloaded");
        var shown = await world.Deployments.GetAsync($"/{name}");
        Assert.Equal(("Suspended", true), (shown.GetProperty("phase").GetString(), shown.GetProperty("suspended").GetBoolean()));
        using (var index = await world.Http.PostAsync("/v2/repository/index", null))
            Assert.Contains("\"state\":\"UNAVAILABLE\",\"reason\":\"unloaded\"", await index.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ControlAsync(name, "load")).Status);
        await world.InferAsync(name, Ones);
        Assert.Equal(["resumed", "suspended"], (await world.Deployments.EventsAsync(name)).Where(type => type is "resumed" or "suspended"));

        using var grpc = new GrpcClient(speaks, world.Workspace);
        await grpc.AskAsync<InferenceGateway.OpenInference.Grpc.Wire.RepositoryModelUnloadRequest, InferenceGateway.OpenInference.Grpc.Wire.RepositoryModelUnloadResponse>("RepositoryModelUnload", new() { ModelName = name });
        await grpc.AskAsync<InferenceGateway.OpenInference.Grpc.Wire.RepositoryModelLoadRequest, InferenceGateway.OpenInference.Grpc.Wire.RepositoryModelLoadResponse>("RepositoryModelLoad", new() { ModelName = name });
        await world.InferAsync(name, Ones);
    }

    [Fact]
    public async Task A_load_says_what_is_wrong()
    {
        var (status, message) = await ControlAsync("nobody", "load");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("nobody", message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await ControlAsync("nobody", "unload")).Status);
        foreach (var parameter in new[] { "config", "file:1/model.onnx" })
        {
            (status, message) = await ControlAsync("nobody", "load", $$$"""{"parameters":{"{{{parameter}}}":"x"}}""");
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(parameter, message, StringComparison.Ordinal);
        }

        var model = $"m-{Guid.CreateVersion7():N}";
        var version = await world.RegisterAsync(model, "external-escape.onnx");
        await world.Deployments.OkAsync(HttpMethod.Post, "", new { name = model, model = $"models:/{model}/{version}" });
        (status, message) = await ControlAsync(model, "load");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("secret.bin", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leader_that_dies_is_followed_by_one_other_and_what_it_left_open_is_placed()
    {
        await using var second = await SecondReplica.StartAsync(plane, "second");
        // Another replica led, and is gone without a word: its lease runs out.
        var until = TimeProvider.System.NowMicroseconds() + DeploymentInstant.Span(TimeSpan.FromSeconds(5));
        await InDbAsync((db, ct) => db.Set<LeaderLease>().ExecuteUpdateAsync(
            set => set.SetProperty(lease => lease.Holder, "dead").SetProperty(lease => lease.Term, lease => lease.Term + 1).SetProperty(lease => lease.Until, until), ct));
        var name = await world.DeployAsync("add-constant.onnx", new { replicas = 2 });
        Assert.Equal(["first", "second"], await NamesAsync(name));
        var replicas = (await ReplicasAsync("")).EnumerateArray().Where(replica => !replica.GetProperty("silent").GetBoolean()).ToList();
        Assert.Single(replicas, replica => replica.GetProperty("leads").GetBoolean());
    }

    [Fact]
    public async Task What_is_idle_makes_room_for_another_and_is_loaded_again_by_its_next_request()
    {
        await using var small = await SecondReplica.StartAsync(plane, "small", ("Serving:Pool", "small"), ("Serving:MemoryBytes", "1500000"));
        var idle = await world.DeployAsync("add-constant.onnx", new { pool = "small", replicas = 1, idleUnloadSeconds = 3600 });
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync($"/{idle}")).GetProperty("phase").GetString() == "Ready");
        // It takes all there is; what was used within ten seconds stays.
        await InDbAsync((db, ct) => db.Targets.Where(target => target.Model == idle).ExecuteUpdateAsync(set => set.SetProperty(target => target.MemoryBytes, 1_500_000), ct));
        var other = await world.DeployAsync("add-constant.onnx", new { pool = "small", replicas = 1 });
        await world.InferAsync(other, Ones);
        Assert.Contains("evicted", await world.Deployments.EventsAsync(idle));
        await StateAsync(idle, "Unloaded");
        await world.InferAsync(idle, Ones);
    }

    [Fact]
    public async Task Replicas_are_listed_with_what_they_have_in_pages()
    {
        await using var second = await SecondReplica.StartAsync(plane, "second", ("Serving:Pool", "listed"), ("Serving:MemoryBytes", "123456789"));
        await Until.TrueAsync(async () => (await ReplicasAsync("?pool=listed")).GetArrayLength() == 1);
        var shown = (await ReplicasAsync("?pool=listed"))[0];
        Assert.Equal(("second", "listed", 123456789, false), (shown.GetProperty("name").GetString(), shown.GetProperty("pool").GetString(), shown.GetProperty("memoryBudgetBytes").GetInt64(), shown.GetProperty("silent").GetBoolean()));
        var (ids, token) = (new List<string>(), "");
        do
        {
            using var response = await world.Http.GetAsync($"/api/v1/serving/replicas?limit=1{(token.Length > 0 ? $"&pageToken={token}" : "")}");
            var page = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            ids.AddRange(page.GetProperty("replicas").EnumerateArray().Select(replica => replica.GetProperty("id").GetString()!));
            token = page.GetProperty("nextPageToken").GetString() ?? "";
        }
        while (token.Length > 0);
        Assert.Equal(ids.Distinct(), ids);
        Assert.InRange(ids.Count, 2, int.MaxValue);
        using var refused = await world.Http.GetAsync("/api/v1/serving/replicas?limit=0");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private async Task InDbAsync(Func<InferenceDb, CancellationToken, Task<int>> work)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        Assert.Equal(1, await db.WriteAsync(ct => work(db, ct), CancellationToken.None));
    }

    private async Task<JsonElement> ReplicasAsync(string query) => JsonElement.Parse(await world.Http.GetStringAsync($"/api/v1/serving/replicas{query}")).GetProperty("replicas");

    private async Task<(HttpStatusCode Status, string Message)> ControlAsync(string name, string verb, string? body = null)
    {
        using var content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await world.Http.PostAsync($"/v2/repository/models/{name}/{verb}", content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private Task StateAsync(string name, string state) => Until.TrueAsync(
        async () => (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("replicas").EnumerateArray().Any(replica => replica.GetProperty("state").GetString() == state), what: $"{name} is {state}");

    private async Task<List<JsonElement>> PlacementsAsync(string name) => [.. (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("placements").EnumerateArray()];

    private async Task<IEnumerable<string>> NamesAsync(string name) => (await PlacementsAsync(name)).Select(placement => placement.GetProperty("name").GetString()!).Order();

    public void Dispose()
    {
        world.Dispose();
        GC.SuppressFinalize(this);
    }
}
