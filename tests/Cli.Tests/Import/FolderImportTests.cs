using System.Diagnostics;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Import;

/// <summary>From a folder in the layout of MLflow's file store.</summary>
public sealed class FolderImportTests(AllInOneOnSqlite server, OtherServer other) : ImportTest(server, other)
{
    private string Root => Path.Combine(Plane.Home, "mlruns");

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    [Fact]
    public async Task A_file_store_comes_over_in_full()
    {
        var run = NewId();
        Experiment("826271829312345678", "churn", "active");
        Experiment(".trash/7", "gone", "deleted");
        Run("826271829312345678", run, "3");
        File("826271829312345678/tags/team", "risk");
        File($"826271829312345678/{run}/inputs/i1/meta.yaml", "destination_id: x\ndestination_type: RUN\nsource_id: d1\nsource_type: DATASET\ntags:\n  mlflow.data.context: train\n");
        File("826271829312345678/datasets/d1/meta.yaml", "digest: abc\nname: 'iris: all'\nprofile: null\nschema: \"{\\\"a\\\": 1}\"\nsource: s3://b/d\nsource_type: s3\n");
        File("models/net/meta.yaml", "creation_timestamp: 1000\ndescription: a model\nlast_updated_timestamp: 2000\nname: net\n");
        File("models/net/tags/k", "v");
        File("models/net/aliases/champion", "5");
        foreach (var version in (int[])[1, 5])
            File($"models/net/version-{version}/meta.yaml", $"creation_timestamp: 3000\ncurrent_stage: Archived\ndescription: null\nlast_updated_timestamp: 4000\nname: net\nrun_id: {run}\nrun_link: ''\nsource: {new Uri(Root).AbsoluteUri}/826271829312345678/{run}/artifacts/model\nstatus: READY\nuser_id: ''\nversion: {version}\n");

        var report = await ImportFromAsync(Root, 0, "--include-deleted");
        var counts = Counts(report);
        Assert.Equal((2, 1, 4, 2, 1, 2, 2, 1), (counts["experiments"], counts["runs"], counts["metrics"], counts["params"], counts["datasets"], counts["artifacts"],
            counts["versions"], counts["aliases"]));
        Assert.Equal("{}", report.GetProperty("replaced").GetRawText());
        var found = (await RunHereAsync(run)).GetProperty("run");
        Assert.Equal(("first run", "FINISHED", 1234, 5678), (found.GetProperty("info").GetProperty("run_name").GetString(), found.GetProperty("info").GetProperty("status").GetString(),
            found.GetProperty("info").GetProperty("start_time").GetInt64(), found.GetProperty("info").GetProperty("end_time").GetInt64()));
        Assert.Equal("iris: all", found.GetProperty("inputs").GetProperty("dataset_inputs")[0].GetProperty("dataset").GetProperty("name").GetString());
        var version5 = (await GetAsync("model-versions/get?name=net&version=5")).GetProperty("model_version");
        Assert.Equal($"{found.GetProperty("info").GetProperty("artifact_uri").GetString()}/model", version5.GetProperty("source").GetString());
        Assert.Equal(report.GetProperty("kinds").GetRawText(), (await ImportFromAsync(Root, 0, "--include-deleted")).GetProperty("kinds").GetRawText());
    }

    [Fact]
    public async Task A_hostile_folder_gives_nothing_away_and_what_is_sound_comes_over()
    {
        var (good, linked, broken, elsewhere, bucket, climbing) = (NewId(), NewId(), NewId(), NewId(), NewId(), NewId());
        var secret = Path.Combine(Plane.Home, "secret.txt");
        await System.IO.File.WriteAllTextAsync(secret, "top secret");
        Experiment("1", "sound", "active");
        Run("1", good, "3");
        System.IO.File.CreateSymbolicLink(Path.Combine(Root, "1", good, "artifacts", "link.txt"), secret);
        System.IO.File.CreateSymbolicLink(Path.Combine(Root, "1", good, "params", "stolen"), secret);
        using (var fifo = Process.Start("mkfifo", Path.Combine(Root, "1", good, "artifacts", "pipe")))
            await fifo.WaitForExitAsync();
        Run("1", linked, "3");
        Directory.Delete(Path.Combine(Root, "1", linked, "artifacts"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(Root, "1", linked, "artifacts"), Plane.Home);
        Run("1", broken, "3");
        File($"1/{broken}/meta.yaml", new string('[', 500_000));
        Run("1", elsewhere, "3", new Uri(Plane.Home).AbsoluteUri);
        Directory.Delete(Path.Combine(Root, "1", elsewhere, "artifacts"), recursive: true);
        Run("1", bucket, "3", "s3://bucket/1/artifacts");
        Directory.Delete(Path.Combine(Root, "1", bucket, "artifacts"), recursive: true);
        Run("1", climbing, "3");
        File($"1/{climbing}/inputs/i1/meta.yaml", "source_id: ../../..\nsource_type: DATASET\n");
        File($"1/{good}/metrics/torn", "1 0.5 1\nnot a point\n");
        Directory.CreateSymbolicLink(Path.Combine(Root, "2"), Path.Combine(Root, "1"));
        Experiment("3", "no yaml", "active");
        File("3/meta.yaml", "a: &x [*x, *x]\nb: *x\n- nonsense");
        File("models/bad/meta.yaml", "\0");
        File("models/..evil/meta.yaml", "name: ../evil\n");

        var report = await ImportFromAsync(Root, 1);
        var failures = Entries(report, "failures");
        foreach (var expected in (string[])["link.txt", "stolen", $"artifacts of run {linked}", $"run {broken}", $"artifacts of run {elsewhere}", "s3://bucket", $"run {climbing}", "metric torn", "experiment 3", "registered model bad"])
            Assert.Contains(expected, failures, StringComparison.Ordinal);
        Assert.Equal("0", report.GetProperty("mismatches").GetProperty("count").GetRawText());
        var counts = Counts(report);
        Assert.Equal((1, 4), (counts["experiments"], counts["runs"]));
        using var listing = await Http.GetAsync($"/api/2.0/mlflow/artifacts/list?run_id={good}");
        var files = JsonElement.Parse(await listing.Content.ReadAsStringAsync()).GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!);
        Assert.Equal(["model", "notes.txt", "pipe"], files.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("top secret", (await RunHereAsync(good)).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_a_wrong_usage()
    {
        var run = await Plane.RunAsync("import", "mlflow", Path.Combine(Plane.Home, "none"));
        Assert.Equal(2, run.Status);
    }

    private void File(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, text);
    }

    private void Experiment(string path, string name, string stage) => File($"{path}/meta.yaml",
        $"artifact_location: {new Uri(Root).AbsoluteUri}/{path}\ncreation_time: 1000\nexperiment_id: '{Path.GetFileName(path)}'\nlast_update_time: 2000\nlifecycle_stage: {stage}\nname: {name}\n");

    private void Run(string experiment, string id, string status, string? artifacts = null)
    {
        var path = $"{experiment}/{id}";
        File($"{path}/meta.yaml", $"artifact_uri: {artifacts ?? $"{new Uri(Root).AbsoluteUri}/{path}/artifacts"}\nend_time: 5678\nentry_point_name: ''\nexperiment_id: '{experiment}'\nlifecycle_stage: active\nrun_id: {id}\nrun_name: first run\nrun_uuid: {id}\nsource_name: ''\nsource_type: 4\nsource_version: ''\nstart_time: 1234\nstatus: {status}\ntags: []\nuser_id: ann\n");
        File($"{path}/metrics/loss", "1700000000001 0.5 1\n1700000000002 nan 2\n1700000000001 0.5 1\n1700000000003 -inf 3\n");
        File($"{path}/metrics/val/auc", "1700000000001 0.25\n");
        File($"{path}/params/lr", "0.1");
        File($"{path}/params/net/depth", "6\n");
        File($"{path}/tags/mlflow.user", "ann");
        File($"{path}/artifacts/notes.txt", "hello");
        File($"{path}/artifacts/model/weights.bin", "weights");
    }
}
