using System.Text.Json;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Log;

/// <summary>It takes standard output for itself; the tests of this project run one after the other.</summary>
public sealed class RequestLogTests : IDisposable
{
    private readonly TextWriter before = Console.Out;
    private readonly StringWriter written = new();

    public RequestLogTests() => Console.SetOut(TextWriter.Synchronized(written));

    public void Dispose() => Console.SetOut(before);

    [Fact]
    public async Task Every_request_has_a_line_that_tells_who_did_what_where_and_how_it_ended()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Edge:RequestLog", "true", "--Logging:Format", "json");
        await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/w/team-a/api/2.0/mlflow/runs/get?run_id=secret-of-a-query"));
        var line = await LineAsync(state => state.GetProperty("Path").GetString() == "/api/2.0/mlflow/runs/get");
        Assert.Equal("GET", line.GetProperty("Method").GetString());
        Assert.Equal(200, line.GetProperty("Status").GetInt32());
        Assert.Equal("service:admin", line.GetProperty("Identity").GetString());
        Assert.Equal("team-a", line.GetProperty("Workspace").GetString());
        Assert.Equal(world.StubAddress("tracker").Authority, line.GetProperty("Replica").GetString());
        Assert.Equal("127.0.0.1", line.GetProperty("Client").GetString());
        Assert.DoesNotContain("secret-of-a-query", written.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task The_trace_of_the_line_is_the_one_that_the_service_goes_on_with(string? given)
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Edge:RequestLog", "true", "--Logging:Format", "json");
        if (given is not null)
            world.Admin.DefaultRequestHeaders.TryAddWithoutValidation("traceparent", given);
        var answer = await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/api/2.0/mlflow/traced"));
        var line = await LineAsync(state => state.GetProperty("Path").GetString() == "/api/2.0/mlflow/traced");
        var sent = answer.GetProperty("headers").GetProperty("traceparent").GetString()!.Split('-');
        Assert.Equal(line.GetProperty("TraceId").GetString(), sent[1]);
        if (given?.Length == 55)
            Assert.Equal(given.Split('-')[1], sent[1]);
    }

    [Fact]
    public async Task Keys_in_paths_do_not_reach_the_log_and_line_ends_make_no_lines()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Edge:RequestLog", "true", "--Logging:Format", "text");
        var secret = world.AdminKey[15..];
        await world.Admin.GetAsync($"/api/2.0/mlflow/runs/{world.AdminKey}/a%0Ainfo:%20forged");
        await Until.TrueAsync(() => Task.FromResult(written.ToString().Contains("forged", StringComparison.Ordinal)), 10, "the line");
        Assert.DoesNotContain(secret, written.ToString(), StringComparison.Ordinal);
        var line = Assert.Single(written.ToString().Split('\n'), line => line.Contains("forged", StringComparison.Ordinal));
        Assert.StartsWith("info: MlopsPlane.EdgeGateway.Request GET /api/2.0/mlflow/runs/plane_", line, StringComparison.Ordinal);
        Assert.Contains("***/a%0Ainfo: forged 400 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_refused_or_fails_has_its_line_too()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Edge:RequestLog", "true", "--Logging:Format", "json");
        await world.StopReplicaAsync("registry", 0);
        await world.Admin.GetAsync("/api/2.0/mlflow/registered-models/get");
        var line = await LineAsync(state => state.GetProperty("Path").GetString() == "/api/2.0/mlflow/registered-models/get");
        Assert.InRange(line.GetProperty("Status").GetInt32(), 502, 503);
    }

    [Fact]
    public async Task A_request_without_a_good_key_has_a_line_and_a_probe_has_none()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Edge:RequestLog", "true", "--Logging:Format", "json");
        using var stranger = world.NewClient("plane_aaaaaaaa_" + new string('x', 43));
        await stranger.GetAsync("/livez");
        await stranger.GetAsync("/api/2.0/mlflow/runs/get");
        var line = await LineAsync(state => state.GetProperty("Path").GetString() == "/api/2.0/mlflow/runs/get");
        Assert.Equal((401, "", ""), (line.GetProperty("Status").GetInt32(), line.GetProperty("Identity").GetString(), line.GetProperty("Replica").GetString()));
        Assert.DoesNotContain("/livez", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_waiting_is_written_before_the_edge_ends()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Edge:RequestLog", "true", "--Logging:Format", "json");
        await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/api/2.0/mlflow/last"));
        await world.StopEdgeAsync();
        Assert.Contains("/api/2.0/mlflow/last", written.ToString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> LineAsync(Func<JsonElement, bool> wanted)
    {
        JsonElement found = default;
        await Until.TrueAsync(() => Task.FromResult(States().Any(state => wanted(found = state))), 10, "the line");
        return found;
    }

    private IEnumerable<JsonElement> States() => written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line.Contains("MlopsPlane.EdgeGateway.Request", StringComparison.Ordinal)).Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("State"));
}
