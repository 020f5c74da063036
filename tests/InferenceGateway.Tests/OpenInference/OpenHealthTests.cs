using System.Net;
using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference;

public sealed class OpenHealthTests(GuardedGrpcPlane plane) : IClassFixture<GuardedGrpcPlane>
{
    [Theory]
    [InlineData("/v2/health/live")]
    [InlineData("/v2/health/ready")]
    [InlineData("/ping")]
    public async Task Health_answers_without_a_key_the_same_for_every_workspace(string path)
    {
        var answers = new List<(HttpStatusCode, string)>();
        foreach (var workspace in new[] { null, "no-such-workspace" })
        {
            foreach (var way in new[] { path, "/w/no-such-workspace" + path })
            {
                using var client = plane.NewClient(way == path ? workspace : null);
                using var answer = await client.GetAsync(way, TestContext.Current.CancellationToken);
                answers.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
            }
        }

        Assert.Equal(HttpStatusCode.OK, answers[0].Item1);
        Assert.Single(answers.Distinct());
        using var asked = await plane.Admin.GetAsync("/api/3.0/mlflow/workspaces", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("no-such-workspace", await asked.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2")]
    [InlineData("/v2/models")]
    [InlineData("/v2/health/liver")]
    [InlineData("/ping/x")]
    public async Task Everything_else_asks_for_a_key(string path)
    {
        using var client = plane.NewClient();
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Health_over_grpc_answers_without_a_key_and_nothing_else_does()
    {
        using var client = new GrpcClient(plane, "no-such-workspace");
        Assert.True((await client.AskAsync<ServerLiveRequest, ServerLiveResponse>("ServerLive", new())).Live);
        Assert.True((await client.AskAsync<ServerReadyRequest, ServerReadyResponse>("ServerReady", new())).Ready);
        await GrpcClient.RefusedAsync(() => client.AskAsync<ModelReadyRequest, ModelReadyResponse>("ModelReady", new() { Name = "m" }), StatusCode.Unauthenticated);
    }
}
