using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class VariantTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task Requests_are_divided_by_weight_and_a_sticky_key_always_gets_the_same_variant()
    {
        await DeployAsync("ab", new { stickyHeader = "X-User" }, ("a", 1, 80, false), ("b", 2, 20, false));
        var drawn = new List<string>();
        for (var i = 0; i < 300; i++)
            drawn.Add(await VariantAsync("ab", null));
        // Twenty percent of 300 are 60, with a standard deviation of 7.
        Assert.InRange(drawn.Count(variant => variant == "b"), 25, 95);
        var users = new HashSet<string>();
        for (var user = 0; user < 40; user++)
        {
            var first = await VariantAsync("ab", $"user-{user}");
            Assert.Equal(first, await VariantAsync("ab", $"user-{user}"));
            users.Add(first);
        }

        Assert.Equal(["a", "b"], users.Order());
    }

    [Theory]
    [InlineData("""{"variants":[{"name":"main","model":"models:/vary/1","weight":50},{"name":"b","model":"models:/vary/2","weight":50}]}""")]
    [InlineData("""{"variants":[{"name":"b","model":"models:/vary/2","weight":100}]}""")]
    public async Task Variants_that_are_new_answer_once_they_are_loaded_and_no_request_fails_before(string patch)
    {
        await DeployAsync("canary", new { }, ("main", 1, 100, false));
        Assert.Equal("main", await VariantAsync("canary", null));
        await world.Deployments.OkAsync(HttpMethod.Patch, "/canary", patch, "application/merge-patch+json");
        await Until.TrueAsync(async () => await VariantAsync("canary", null) == "b");
    }

    [Fact]
    public async Task A_variant_that_cannot_be_loaded_leaves_its_share_to_the_others()
    {
        await DeployAsync("frail", new { }, ("main", 1, 100, false));
        var bad = await world.RegisterAsync("broken", "external-escape.onnx");
        await world.Deployments.OkAsync(HttpMethod.Patch, "/frail", $$"""{"variants":[{"name":"main","model":"models:/vary/1","weight":10},{"name":"b","model":"models:/broken/{{bad}}","weight":90}]}""", "application/merge-patch+json");
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync("/frail/status")).GetRawText().Contains("secret.bin", StringComparison.Ordinal));
        for (var i = 0; i < 20; i++)
            Assert.Equal("main", await VariantAsync("frail", null));
    }

    [Fact]
    public async Task A_shadow_gets_every_request_and_never_answers()
    {
        await DeployAsync("dark", new { }, ("main", 1, 100, false), ("next", 2, 0, true));
        for (var i = 0; i < 20; i++)
            Assert.Equal("main", await VariantAsync("dark", null));
        await Until.TrueAsync(async () => (await StatisticsAsync("dark", "2")).GetProperty("execution_count").GetInt64() > 0);
        await Until.TrueAsync(async () => (await plane.Client.GetStringAsync("/metrics")).Split('\n').Any(line =>
            line.StartsWith("mlops_inference_rows_total{", StringComparison.Ordinal) && line.Contains(world.Workspace, StringComparison.Ordinal)
            && line.Contains("variant=\"next\"", StringComparison.Ordinal) && line.EndsWith(" 20", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_answer_that_is_remembered_is_that_of_the_same_version()
    {
        await DeployAsync("cached", new { cache = new { bytes = 100_000 } }, ("main", 1, 100, false));
        foreach (var _ in Enumerable.Range(0, 3))
            Assert.Equal(new float[] { 11, 12, 13, 14 }, await DataAsync("cached"));
        var statistics = await StatisticsAsync("cached", "1");
        Assert.Equal((2, 1), (Count(statistics, "cache_hit"), Count(statistics, "cache_miss")));
        Assert.Equal(new float[] { 15, 16, 13, 14 }, await DataAsync("cached", 5, 6));
        await world.Deployments.OkAsync(HttpMethod.Patch, "/cached", """{"variants":[{"name":"main","model":"models:/vary/2","weight":100}]}""", "application/merge-patch+json");
        await Until.TrueAsync(async () => (await world.Http.GetStringAsync("/v2/models/cached")).Contains("\"2\"", StringComparison.Ordinal));
        Assert.Equal(new float[] { 21, 22, 23, 24 }, await DataAsync("cached"));
    }

    [Fact]
    public async Task Usage_is_published()
    {
        await using var own = await ModelStore.PlaneWith.StartAsync(("Serving:UsageSeconds", "1"));
        using var used = new ServingWorld(own);
        var name = await used.DeployAsync("identity-fp32.onnx");
        await used.InferAsync(name, ServingWorld.Floats("x", [2, 2], 1, 2, 3, 4));
        await Until.TrueAsync(async () =>
        {
            await using var scope = own.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
            return await db.Set<AggregateSequence>().AnyAsync(row => row.Aggregate == $"serving-usage:{used.Workspace}/{name}");
        }, seconds: 30);
    }

    private async Task DeployAsync(string name, object more, params (string Name, int Version, int Weight, bool Shadow)[] variants)
    {
        await world.RegisterAddAsync("vary", 10);
        await world.RegisterAddAsync("vary", 20);
        var spec = JsonSerializer.SerializeToNode(more)!.AsObject();
        spec["name"] = name;
        spec["variants"] = JsonSerializer.SerializeToNode(variants.Select(variant => new { name = variant.Name, model = $"models:/vary/{variant.Version}", weight = variant.Weight, shadow = variant.Shadow }));
        await world.Deployments.OkAsync(HttpMethod.Post, "", spec);
        await world.ReadyAsync(name);
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("phase").GetString() == "Ready");
    }

    private async Task<string> VariantAsync(string name, string? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{name}/infer")
        {
            Content = System.Net.Http.Json.JsonContent.Create(ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4)),
        };
        if (user is not null)
            request.Headers.Add("X-User", user);
        using var response = await world.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return response.Headers.GetValues("X-Plane-Variant").Single();
    }

    private async Task<float[]> DataAsync(string name, float first = 1, float second = 2)
    {
        var answer = await world.InferAsync(name, ServingWorld.Floats("x", [1, 4], first, second, 3, 4));
        return [.. answer.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetSingle())];
    }

    private async Task<JsonElement> StatisticsAsync(string name, string version) =>
        JsonElement.Parse(await world.Http.GetStringAsync($"/v2/models/{name}/stats")).GetProperty("model_stats").EnumerateArray().Single(one => one.GetProperty("version").GetString() == version);

    private static long Count(JsonElement statistics, string total) => statistics.GetProperty("inference_stats").GetProperty(total).GetProperty("count").GetInt64();

    public void Dispose() => world.Dispose();
}
