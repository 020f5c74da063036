using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.EndToEnd.Tests.Security;

public sealed class NoKeyTests(GuardedOnSqlite plane)
{
    private static readonly string[] Probes = ["/livez", "/readyz", "/health", "/version"];
    private static readonly string[] ProtocolProbes =
        ["/v2/health/live", "/v2/health/ready", "/ping", "/inference.GRPCInferenceService/ServerLive", "/inference.GRPCInferenceService/ServerReady"];
    private static readonly string[] Mlflow =
        ["/deployments/", "/api/2.0/", "/api/3.0/", "/ajax-api/", "/get-artifact", "/model-versions/", "/v1/traces", "/graphql"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_every_operation_answers_401_in_the_shape_of_its_protocol()
    {
        var operations = EveryOperation.Of(plane).Where(operation => !Probes.Contains(operation.Path) && !ProtocolProbes.Contains(operation.Path)).ToList();
        Assert.True(operations.Count > 150, $"Only {operations.Count} operations were found.");
        foreach (var operation in operations)
        {
            foreach (var prefix in (string[])["", "/w/team-a", "/"])
                await IsUnauthorizedAsync(operation with { Path = prefix + operation.Path }, operation.Path);
        }
    }

    [Fact]
    public async Task A_path_that_does_not_exist_looks_no_different_from_one_that_does()
    {
        foreach (var path in (string[])["/nothing", "/api/2.0/mlflow/nothing", "/w/team-a/nothing", "/api/v1/access/nothing", "/metrics", "/openapi"])
            await IsUnauthorizedAsync(new Operation("", "GET", path, null), path.Replace("/w/team-a", "", StringComparison.Ordinal));
        await IsUnauthorizedAsync(new Operation("", "DELETE", "/api/2.0/mlflow/experiments/create", null), "/api/2.0/mlflow/experiments/create");
    }

    [Fact]
    public async Task Probes_and_only_they_answer_everybody()
    {
        foreach (var probe in Probes)
        {
            using var answer = await plane.Client.GetAsync(probe, Ct);
            Assert.Equal(200, (int)answer.StatusCode);
        }

        var open = EveryOperation.Of(plane).Where(operation => ReferenceEquals(operation.Policy, AccessPolicy.Public)).Select(operation => operation.Path);
        Assert.Equal(Probes.Concat(ProtocolProbes).Order(StringComparer.Ordinal), open.Distinct().Order(StringComparer.Ordinal));
        // What begins like a probe is none, and a probe's path leads nowhere else.
        foreach (var path in (string[])["/livezx", "/version1", "/health-of-others", "/w/team-a/metrics"])
            await IsUnauthorizedAsync(new Operation("", "GET", path, null), path.Replace("/w/team-a", "", StringComparison.Ordinal));
        foreach (var path in (string[])["/livez/../metrics", "/version/%2e%2e/metrics", "/health/x", "/LIVEZ/metrics"])
        {
            using var answer = await plane.Client.GetAsync(path, Ct);
            Assert.Contains((int)answer.StatusCode, (int[])[400, 401, 404]);
        }
    }

    private async Task IsUnauthorizedAsync(Operation operation, string bare)
    {
        using var answer = await operation.SendAsync(plane.Client, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(operation.StatusOf(answer) == 401, $"{operation}: {operation.StatusOf(answer)} {text}");
        Assert.Contains("Basic", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        if (operation.Method == "HEAD" || operation.IsGrpc)
            return;
        var body = JsonElement.Parse(text);
        if (bare.StartsWith("/v2", StringComparison.Ordinal))
        {
            Assert.NotEmpty(body.GetProperty("error").GetString()!);
            return;
        }

        if (Mlflow.Any(prefix => bare.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Assert.Equal("UNAUTHENTICATED", body.GetProperty("error_code").GetString());
            Assert.Contains("MLFLOW_TRACKING_TOKEN", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("unauthenticated", body.GetProperty("code").GetString());
        }
    }
}
