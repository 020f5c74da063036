using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.ModelStore;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class VersionChangeTests(AllInOneOnSqlite plane) : IDisposable
{
    private const int Clients = 32;
    private const int Moves = 10;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(Soak.IsOn ? 60 : 15);
    private readonly ServingWorld world = new(plane);

    /// <summary>The version that every replica has swapped in and no move has been asked for since; 0 in between.</summary>
    private int settled;
    private readonly ConcurrentDictionary<int, bool> answered = new();

    [Fact]
    public async Task Versions_change_under_load_without_a_failed_request_or_an_answer_of_a_version_that_is_gone()
    {
        foreach (var constant in new float[] { 10, 20, 30 })
            await world.RegisterAddAsync("add", constant);
        await world.Deployments.AliasAsync("add", "champion", 1);
        await world.DeployVersionAsync("add", "models:/add@champion");
        settled = 1;
        using var ending = new CancellationTokenSource(Length);
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskAsync(ending.Token))).ToList();
        for (var move = 0; move < Moves; move++)
        {
            var version = ((move + 1) % 3) + 1;
            settled = 0;
            await world.Deployments.AliasAsync("add", "champion", version);
            await SwappedAsync(version);
            await Task.Delay(Length / (Moves + 4), TestContext.Current.CancellationToken);
        }

        settled = 0;
        var before = Stopwatch.GetTimestamp();
        await world.Deployments.OkAsync(HttpMethod.Post, "/add/rollback");
        await SwappedAsync(((Moves - 1) % 3) + 1);
        // The version before is warm still.
        Assert.InRange(Stopwatch.GetElapsedTime(before), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        var answers = (await Task.WhenAll(clients)).Sum();
        Assert.True(answers > 100, $"{answers} answers");
        Assert.Equal([1, 2, 3], answered.Keys.Order());
    }

    [Fact]
    public async Task A_request_whose_body_comes_slowly_keeps_no_version_and_is_answered_by_the_one_that_is_live_at_its_end()
    {
        await using var hasty = await PlaneWith.StartAsync(("Serving:DrainSeconds", "1"), ("Serving:KeepPreviousSeconds", "0"));
        using var own = new ServingWorld(hasty);
        await own.RegisterAddAsync("slow", 10);
        await own.RegisterAddAsync("slow", 20);
        await own.Deployments.AliasAsync("slow", "champion", 1);
        await own.DeployVersionAsync("slow", "models:/slow@champion");
        var rest = new TaskCompletionSource();
        using var body = new SlowBody("""{"inputs":[{"name":"x","shape":[1,4],""", rest.Task, """ "datatype":"FP32","data":[1,2,3,4]}]}""");
        var answer = own.Http.PostAsync("/v2/models/slow/infer", body);
        await body.Begun;
        await own.Deployments.AliasAsync("slow", "champion", 2);
        await Until.TrueAsync(async () => (await own.Http.GetStringAsync("/v2/models/slow")).Contains("[\"2\"]", StringComparison.Ordinal));
        await Until.TrueAsync(async () => (await own.Deployments.GetAsync("/slow/status")).GetProperty("replicas").GetArrayLength() == 1);
        rest.SetResult();
        using var response = await answer;
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal("2", response.Headers.GetValues("X-Plane-Model-Version").Single());
    }

    [Fact]
    public async Task A_new_version_that_cannot_be_loaded_leaves_the_last_good_one_serving_and_shows_why()
    {
        await world.RegisterAddAsync("frail", 1);
        await world.Deployments.AliasAsync("frail", "champion", 1);
        await world.DeployVersionAsync("frail", "models:/frail@champion");
        var bad = await world.RegisterAsync("frail", "external-escape.onnx");
        await world.Deployments.AliasAsync("frail", "champion", bad);
        await Until.TrueAsync(async () => (await StatusAsync("frail")).Contains("\"Failed\"", StringComparison.Ordinal));
        var status = await StatusAsync("frail");
        Assert.Contains("secret.bin", status, StringComparison.Ordinal);
        Assert.Contains("\"LoadFailed\",\"status\":true", status, StringComparison.Ordinal);
        var answer = await world.InferAsync("frail", ServingWorld.Floats("x", [1, 4], 1, 1, 1, 1));
        Assert.Equal("1", answer.GetProperty("model_version").GetString());
    }

    private async Task<string> StatusAsync(string name) => (await world.Deployments.GetAsync($"/{name}/status")).GetRawText();

    private async Task SwappedAsync(int version)
    {
        await Until.TrueAsync(async () =>
        {
            var metadata = JsonElement.Parse(await world.Http.GetStringAsync("/v2/models/add"));
            return metadata.GetProperty("versions")[0].GetString() == version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }, what: $"version {version} is live");
        settled = version;
    }

    private async Task<int> AskAsync(CancellationToken ct)
    {
        var answers = 0;
        while (!ct.IsCancellationRequested)
        {
            var expected = Volatile.Read(ref settled);
            var (status, answer, response) = await world.PostAsync("add/infer", ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
            response.Dispose();
            Assert.True(status == HttpStatusCode.OK, $"{status} {answer}");
            var version = int.Parse(answer.GetProperty("model_version").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            var data = answer.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetSingle());
            answered[version] = true;
            // The answer is that of the version that it names.
            Assert.Equal(new float[] { 1, 2, 3, 4 }.Select(x => x + (10 * version)), data);
            // Asked after a swap was complete, and no other had begun: nobody else may answer.
            if (expected != 0 && Volatile.Read(ref settled) == expected)
                Assert.Equal(expected, version);
            answers++;
        }

        return answers;
    }

    public void Dispose() => world.Dispose();

    /// <summary>Sends a part, and the other when it is told to.</summary>
    private sealed class SlowBody(string first, Task then, string last) : HttpContent
    {
        private readonly TaskCompletionSource begun = new();

        public Task Begun => begun.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(first));
            await stream.FlushAsync();
            begun.SetResult();
            await then;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(last));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
