using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Runs;

public sealed class CompareAndExportOnSqlite(AllInOneOnSqlite plane) : CompareAndExportTests(plane);

public sealed class CompareAndExportOnPostgres(AllInOneOnPostgres plane) : CompareAndExportTests(plane);

public abstract class CompareAndExportTests(PlaneFixture plane) : IDisposable
{
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task Runs_are_put_side_by_side_in_the_order_asked_for()
    {
        var (a, b) = (await RunAsync("a", 1, ("lr", "0.1"), ("same", "x")), await RunAsync("b", double.NaN, ("lr", "0.2"), ("same", "x")));
        await client.PostAsync("runs/log-metric", new { run_id = b, key = "only", value = 5, timestamp = 1 });
        var (status, compared) = await client.TrackingAsync($"runs/compare?runId={b}&runId={a}");
        Assert.Equal(200, (int)status);
        Assert.Equal(["b", "a"], compared.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("runName").GetString()!));
        Assert.Equal("""[{"key":"lr","values":["0.2","0.1"],"differs":true},{"key":"same","values":["x","x"],"differs":false}]""", compared.GetProperty("params").GetRawText());
        Assert.Equal("""[{"key":"m","values":["NaN",1],"differs":true,"min":1,"max":1},{"key":"only","values":[5,null],"differs":true,"min":5,"max":5}]""",
            compared.GetProperty("metrics").GetRawText());
        await client.TrackingRefusedAsync($"runs/compare?runId={a}", 400, "invalid_run_count");
        await client.TrackingRefusedAsync($"runs/compare?runId={a}&runId=nope", 404, "run_not_found");
        await client.TrackingRefusedAsync($"runs/compare?runId={a}&runId=%00", 400, "invalid_text");
    }

    [Fact]
    public async Task A_search_leaves_as_csv_with_a_column_for_every_key()
    {
        await RunAsync("a", 0.5, ("p", "say \"hi\"\n"));
        await RunAsync("b", double.NaN, ("q", "2"));
        using var response = await client.Http.GetAsync("/api/v1/tracking/runs/export?experimentId=0&format=csv&orderBy=attributes.run_name");
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal("run_id,run_name,experiment_id,user_id,status,start_time,end_time,lifecycle_stage,artifact_uri,params.p,params.q,metrics.m,tags.mlflow.runName", lines[0]);
        Assert.EndsWith(",\"say \"\"hi\"\"\n\",,0.5,a", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",,2,NaN,b", lines[2], StringComparison.Ordinal);
        Assert.Equal(["", ""], [lines[3], .. lines.Skip(4).Append("")]);
    }

    [Fact]
    public async Task A_search_of_more_than_a_page_leaves_as_one_run_a_line()
    {
        var experiment = await client.NewExperimentAsync();
        for (var i = 0; i < 510; i += 30)
            await Task.WhenAll(Enumerable.Range(i, 30).Select(n => client.PostAsync("runs/create", new { experiment_id = experiment, run_name = n % 2 == 0 ? "even" : "odd" })));
        Assert.Equal(510, (await ExportAsync($"experimentId={experiment}")).Select(run => run.GetProperty("info").GetProperty("run_id").GetString()).Distinct().Count());
        Assert.Equal(255, (await ExportAsync($"experimentId={experiment}&filter=run_name%20%3D%20'odd'")).Count);
        Assert.Empty(await ExportAsync($"experimentId={experiment}&stage=deleted"));
    }

    [Theory]
    [InlineData("", "missing_experiment")]
    [InlineData("experimentId=0&format=xlsx", "invalid_format")]
    [InlineData("experimentId=0&stage=x", "invalid_stage")]
    [InlineData("experimentId=x", "INVALID_PARAMETER_VALUE")]
    [InlineData("experimentId=0&filter=foo", "INVALID_PARAMETER_VALUE")]
    public async Task An_export_that_makes_no_sense_is_refused(string query, string code) =>
        await client.TrackingRefusedAsync($"runs/export?{query}", 400, code);

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<List<JsonElement>> ExportAsync(string query)
    {
        var text = await client.Http.GetStringAsync($"/api/v1/tracking/runs/export?{query}");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private async Task<string> RunAsync(string name, double metric, params (string Key, string Value)[] parameters)
    {
        var run = TrackerClient.RunId(await client.PostAsync("runs/create", new { run_name = name }));
        await client.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new[] { new { key = "m", value = double.IsNaN(metric) ? (object)"NaN" : metric, timestamp = 1 } },
            @params = parameters.Select(param => new { key = param.Key, value = param.Value }),
        });
        return run;
    }
}
