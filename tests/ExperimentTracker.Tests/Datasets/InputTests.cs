using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Datasets;

public sealed class InputsOnSqlite(AllInOneOnSqlite plane) : InputTests(plane);

public sealed class InputsOnPostgres(AllInOneOnPostgres plane) : InputTests(plane);

public abstract class InputTests(PlaneFixture plane) : IDisposable
{
    private const string Invalid = "INVALID_PARAMETER_VALUE";
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task The_first_note_of_a_dataset_stays_and_other_names_or_digests_are_added()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-inputs", new { run_id = run, datasets = new[] { Input("d", "1", ("b", "2"), ("a", "1")), Input("d", "1", ("other", "x")) } });
        await client.PostAsync("runs/log-inputs", new { run_id = run, datasets = new[] { Input("d", "1", ("late", "x")), Input("d", "2"), Input("e", "1") } });
        var inputs = (await client.RunAsync(run)).GetProperty("inputs").GetProperty("dataset_inputs").EnumerateArray().ToList();
        Assert.Equal(["d1", "d2", "e1"], inputs.Select(input => input.GetProperty("dataset").GetProperty("name").GetString() + input.GetProperty("dataset").GetProperty("digest").GetString()));
        Assert.Equal("""[{"key":"a","value":"1"},{"key":"b","value":"2"}]""", inputs[0].GetProperty("tags").GetRawText());
        Assert.Equal("""{"name":"d","digest":"2","source_type":"st","source":"src","schema":"sch"}""", inputs[1].GetProperty("dataset").GetRawText());
        Assert.False(inputs[1].TryGetProperty("tags", out _));
    }

    [Fact]
    public async Task Concurrent_runs_share_a_dataset_of_their_experiment()
    {
        var experiment = await client.NewExperimentAsync();
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.NewRunAsync(experiment)));
        await Task.WhenAll(runs.Select(run => client.PostAsync("runs/log-inputs", new { run_id = run, datasets = new[] { Input("d", "1", ("mlflow.data.context", "train")) } })));
        var found = await client.PostAsync("experiments/search-datasets", new { experiment_ids = new[] { experiment } });
        Assert.Equal($$"""[{"experiment_id":"{{experiment}}","name":"d","digest":"1","context":"train"}]""", found.GetProperty("dataset_summaries").GetRawText());
    }

    [Fact]
    public async Task Datasets_are_found_once_for_each_context_and_only_in_the_experiments_asked_for()
    {
        var (first, second) = (await client.NewExperimentAsync("a"), await client.NewExperimentAsync("b"));
        foreach (var (experiment, context) in new[] { (first, "train"), (first, "eval"), (first, "train"), (second, "test") })
        {
            await client.PostAsync("runs/log-inputs", new { run_id = await client.NewRunAsync(experiment), datasets = new[] { Input("d", "1", ("mlflow.data.context", context)) } });
        }

        await client.PostAsync("runs/log-inputs", new { run_id = await client.NewRunAsync(first), datasets = new[] { Input("n", "1", ("other", "x")) } });
        Assert.Equal("d/eval,d/train,n/", await SummariesAsync(first));
        Assert.Equal("d/eval,d/train,n/,d/test", await SummariesAsync(first, second));
        await client.RefusedAsync("experiments/search-datasets", new { }, 400, Invalid, "SearchDatasets request must specify at least one experiment_id.");
        await client.RefusedAsync("experiments/search-datasets", new { experiment_ids = Enumerable.Range(0, 21) }, 400, Invalid,
            "SearchDatasets request cannot specify more than 20 experiment_ids. Received 21 experiment_ids.");
    }

    [Fact]
    public async Task At_most_1000_datasets_are_found_though_a_request_may_log_more()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-inputs", new { run_id = run, datasets = Enumerable.Range(0, 1010).Select(i => Input($"d{i}", "1", ("mlflow.data.context", $"{i}"))) });
        Assert.Equal(1000, (await client.PostAsync("experiments/search-datasets", new { experiment_ids = new[] { 0 } })).GetProperty("dataset_summaries").GetArrayLength());
    }

    [Fact]
    public async Task The_fields_of_a_dataset_are_required_and_limited()
    {
        var run = await client.NewRunAsync();
        var cases = new (string Dataset, string Message)[]
        {
            ("{}", "Dataset cannot be None"),
            ("""{"dataset": {"digest": "1", "source_type": "t", "source": "s"}}""", "Dataset name cannot be None"),
            ("""{"dataset": {"name": "n", "source_type": "t", "source": "s"}}""", "Dataset digest cannot be None"),
            ("""{"dataset": {"name": "n", "digest": "1", "source": "s"}}""", "Dataset source_type cannot be None"),
            ("""{"dataset": {"name": "n", "digest": "1", "source_type": "t"}}""", "Dataset source cannot be None"),
            (With("name", 501), "'name' exceeds the maximum length of 500 characters"),
            (With("digest", 37), "'digest' exceeds the maximum length of 36 characters"),
            (With("source", 65536), "'source' exceeds the maximum length of 65535 characters"),
            (With("schema", 1048576), "'schema' exceeds the maximum length of 1048575 characters"),
            (With("profile", 16777216), "'profile' exceeds the maximum length of 16777215 characters"),
            (JsonSerializer.Serialize(Input("n", "1", (new string('a', 256), "v"))), "'key' exceeds the maximum length of 255 characters"),
            (JsonSerializer.Serialize(Input("n", "1", ("k", new string('a', 501)))), "'value' exceeds the maximum length of 500 characters"),
            ("""{"dataset": {"name": "n", "digest": "1", "source_type": "t", "source": "s"}, "tags": [{"value": "v"}]}""", "InputTag key cannot be None"),
            ("""{"dataset": {"name": "n", "digest": "1", "source_type": "t", "source": "s"}, "tags": [{"key": "k"}]}""", "InputTag value cannot be None"),
        };
        foreach (var (dataset, message) in cases)
            await client.RefusedAsync("runs/log-inputs", $$"""{"run_id": "{{run}}", "datasets": [{{dataset}}]}""", 400, Invalid, message);
        Assert.Equal("{}", (await client.RunAsync(run)).GetProperty("inputs").GetRawText());
        var (status, _) = await client.SendAsync("runs/log-inputs", $$"""{"run_id": "{{run}}", "datasets": [{{With("profile", 16777215)}}]}""");
        Assert.Equal(200, (int)status);
    }

    [Fact]
    public async Task Logged_models_are_noted_as_inputs_and_outputs_once()
    {
        var run = await client.NewRunAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.PostAsync("runs/log-inputs", new { run_id = run, models = new[] { new { model_id = "m-1" } } });
            await client.PostAsync("runs/outputs", new { run_id = run, models = new[] { new { model_id = "m-2", step = 1 }, new { model_id = "m-3", step = 0 } } });
        }

        var shown = await client.RunAsync(run);
        Assert.Equal("""{"model_inputs":[{"model_id":"m-1"}]}""", shown.GetProperty("inputs").GetRawText());
        Assert.Equal("""{"model_outputs":[{"model_id":"m-3","step":0},{"model_id":"m-2","step":1}]}""", shown.GetProperty("outputs").GetRawText());
        await client.RefusedAsync("runs/outputs", new { run_id = run }, 400, Invalid,
            "Missing value for required parameter 'models'. See the API docs for more information about request parameters.");
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private static object Input(string name, string digest, params (string Key, string Value)[] tags) => new
    {
        dataset = new { name, digest, source_type = "st", source = "src", schema = "sch" },
        tags = tags.Select(tag => new { key = tag.Key, value = tag.Value }),
    };

    private static string With(string field, int length)
    {
        var dataset = new Dictionary<string, string> { ["name"] = "n", ["digest"] = "1", ["source_type"] = "t", ["source"] = "s" };
        dataset[field] = new string('a', length);
        return JsonSerializer.Serialize(new { dataset });
    }

    private async Task<string> SummariesAsync(params string[] experiments)
    {
        var found = await client.PostAsync("experiments/search-datasets", new { experiment_ids = experiments });
        return string.Join(',', found.GetProperty("dataset_summaries").EnumerateArray().Select(summary =>
            $"{summary.GetProperty("name").GetString()}/{(summary.TryGetProperty("context", out var context) ? context.GetString() : "")}"));
    }
}
