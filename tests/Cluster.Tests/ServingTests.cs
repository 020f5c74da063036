using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Cluster.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.Cluster.Tests;

public sealed class ServingTests(RunningCluster cluster)
{
    private const int Clients = 32;
    private const int Moves = 10;

    /// <summary>A minute in the long rounds, some fifteen seconds else.</summary>
    [Fact]
    public async Task Versions_move_are_rolled_back_and_a_replica_restarts_under_load_without_a_failed_request_or_an_old_answer()
    {
        cluster.Require();
        var world = await DeployAsync();
        await world.RegisterAsync();
        await world.RegisterAsync();
        var began = TimeProvider.System.GetTimestamp();
        await using var load = new Inferring(world.Http, world.Infer, Clients);
        await load.MoreAsync(100);
        var (version, before) = (1, 0);
        for (var move = 1; move <= Moves || (Soak.IsOn && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1)); move++)
        {
            (version, before) = ((version % 3) + 1, version);
            load.Expect(null);
            await world.MoveAliasAsync(version);
            await world.ServedByBothAsync(version);
            load.Expect(version);
            await load.MoreAsync(100);
            if (move != Moves / 2)
                continue;
            await cluster.RestartAsync("inference-1");
            await world.ServedByBothAsync(version);
            await load.MoreAsync(100);
        }

        load.Expect(null);
        await Served.ExpectAsync(await world.Http.PostAsync($"{world.Base}/api/v1/serving/deployments/add/rollback", null));
        await world.ServedByBothAsync(before);
        load.Expect(before);
        await load.MoreAsync(100);
        await load.StopAsync();
        Assert.Empty(load.Failed);
        Assert.Equal(["1", "2", "3"], load.Versions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_replica_that_is_killed_and_started_again_serves_again_without_a_hand()
    {
        cluster.Require();
        var world = await DeployAsync();
        await using var load = new Inferring(world.Http, world.Infer, Clients);
        await load.MoreAsync(100);
        cluster.Kill("inference-2");
        await load.MoreAsync(100);
        await cluster.RestartAsync("inference-2");
        await world.ServedByBothAsync(1);
        await load.MoreAsync(100);
        await load.StopAsync();
        // Requests that were on the replica when it died are told; nothing else fails.
        Assert.True(load.Failed.Count <= Clients, $"{load.Failed.Count} requests failed.");
        Assert.All(load.Failed, failure => Assert.StartsWith("502 ", failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_on_the_replica_that_does_not_hold_the_model_is_sent_on_as_its_callers()
    {
        cluster.Require();
        var holders = new List<string>();
        foreach (var world in new[] { await DeployAsync(replicas: 1), await DeployAsync(replicas: 1) })
        {
            var caller = await cluster.WithRoleAsync("caller", world.Base[3..]);
            var answering = new HashSet<string>(StringComparer.Ordinal);
            // The other replica hears of a new deployment within a second.
            await Until.TrueAsync(async () =>
            {
                for (var i = 0; i < 10; i++)
                {
                    using var first = await caller.PostAsJsonAsync(world.Infer, Inferring.Body);
                    if (!first.IsSuccessStatusCode)
                        return false;
                }

                return true;
            });
            for (var i = 0; i < 10; i++)
            {
                using var answer = await caller.PostAsJsonAsync(world.Infer, Inferring.Body);
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
                answering.Add(answer.Headers.GetValues("X-Plane-Replica").Single());
            }

            holders.Add(Assert.Single(answering));
            var stranger = await cluster.WithRoleAsync("caller", "elsewhere");
            using var refused = await stranger.PostAsJsonAsync(world.Infer, Inferring.Body);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        // Each replica holds one of them, so that wherever the edge sends requests some were sent on.
        Assert.Equal(2, holders.Distinct(StringComparer.Ordinal).Count());
    }

    private async Task<Served> DeployAsync(int? replicas = null)
    {
        var team = $"t-{Guid.CreateVersion7():N}"[..30];
        var world = new Served(await cluster.WithRoleAsync("writer", team), $"/w/{team}");
        await world.RegisterAsync();
        await world.MoveAliasAsync(1);
        await Served.ExpectAsync(await world.Http.PostAsJsonAsync($"{world.Base}/api/v1/serving/deployments", new { model = "models:/add@champion", replicas }));
        await world.ServedByAsync(replicas ?? 2, 1);
        return world;
    }

    private sealed class Served(HttpClient http, string root)
    {
        private int versions;

        public HttpClient Http => http;

        public string Base => root;

        public string Infer => $"{root}/v2/models/add/infer";

        public async Task RegisterAsync()
        {
            var folder = $"models/{++versions}";
            using var model = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "add-constant.onnx")));
            await ExpectAsync(await http.PutAsync($"{root}/api/2.0/mlflow-artifacts/artifacts/{folder}/model.onnx", model));
            if (versions == 1)
                await ExpectAsync(await http.PostAsJsonAsync($"{root}/api/2.0/mlflow/registered-models/create", new { name = "add" }));
            await ExpectAsync(await http.PostAsJsonAsync($"{root}/api/2.0/mlflow/model-versions/create", new { name = "add", source = $"mlflow-artifacts:/{folder}" }));
        }

        public async Task MoveAliasAsync(int version) => await ExpectAsync(
            await http.PostAsJsonAsync($"{root}/api/2.0/mlflow/registered-models/alias", new { name = "add", alias = "champion", version = $"{version}" }));

        /// <summary>Until both replicas say that the version answers there.</summary>
        public Task ServedByBothAsync(int version) => ServedByAsync(2, version);

        public async Task ServedByAsync(int replicas, int version)
        {
            await Until.TrueAsync(async () =>
            {
                var status = await http.GetFromJsonAsync<JsonElement>($"{root}/api/v1/serving/deployments/add/status");
                return status.GetProperty("replicas").EnumerateArray().Count(replica =>
                    replica.GetProperty("state").GetString() == "Ready" && replica.GetProperty("version").GetInt32() == version && !replica.GetProperty("silent").GetBoolean()) == replicas;
            }, what: $"{replicas} replicas serve version {version}");
        }

        public static async Task ExpectAsync(HttpResponseMessage answer)
        {
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            answer.Dispose();
        }
    }
}
