using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Registrations;

public sealed class FactsOnSqlite(AllInOneOnSqlite plane) : FactsTests(plane);

public sealed class FactsOnPostgres(AllInOneOnPostgres plane) : FactsTests(plane);

public abstract class FactsTests(PlaneFixture plane) : IDisposable
{
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_run_tells_other_services_what_they_may_know_of_it()
    {
        var run = TrackerClient.RunId(await client.PostAsync("runs/create", new { run_name = "n", start_time = 3 }));
        await client.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new object[] { new { key = "m", value = 1.5, timestamp = 1 }, new { key = "nan", value = "NaN", timestamp = 1 } },
            @params = new[] { new { key = "p", value = "v" } },
        });
        await client.PostAsync("runs/log-inputs", new
        {
            run_id = run,
            datasets = new[] { new { dataset = new { name = "d", digest = "1", source_type = "s", source = "x" }, tags = new[] { new { key = "mlflow.data.context", value = "train" } } } },
        });
        var (status, facts) = await client.TrackingAsync($"facts/runs/{run}");
        Assert.Equal(200, (int)status);
        Assert.Equal($$"""{"runId":"{{run}}","experimentId":"0","runName":"n","artifactUri":"mlflow-artifacts:/workspaces/{{client.Workspace}}/0/{{run}}/artifacts","status":"RUNNING","startTime":3,"endTime":null,"metrics":{"m":1.5},"params":{"p":"v"},"datasets":[{"name":"d","digest":"1","sourceType":"s","context":"train"}]}""",
            facts.GetRawText());
        await client.TrackingRefusedAsync("facts/runs/nope", 404, "run_not_found");
        await client.TrackingRefusedAsync("facts/logged-models/m-nope", 404, "logged_model_not_found");
        Assert.Equal("""[{"kind":"experiments","count":1}]""", (await client.TrackingAsync("facts/contents")).Answer.GetRawText());
        Assert.Equal("""{"registrations":[]}""", (await client.TrackingAsync($"runs/{run}/registrations")).Answer.GetRawText());
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }
}
