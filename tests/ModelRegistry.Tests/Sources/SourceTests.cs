using System.Net;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Sources;

public sealed class SourceOnSqlite(AllInOneOnSqlite plane) : SourceTests(plane);

public sealed class SourceOnPostgres(AllInOneOnPostgres plane) : SourceTests(plane);

/// <summary>Most of MLflow's path-traversal CVEs came in through the source of a model version.</summary>
public abstract class SourceTests(PlaneFixture plane) : IDisposable
{
    private const string Refused = "Invalid model version source: '";
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Theory]
    [InlineData("mlflow-artifacts:/models")]
    [InlineData("mlflow-artifacts:/models/")]
    [InlineData("mlflow-artifacts:/models///")]
    [InlineData("mlflow-artifacts:/models/foo///bar")]
    [InlineData("mlflow-artifacts://host:9000/models")]
    [InlineData("mlflow-artifacts://host:9000/models/artifact/..../")]
    [InlineData("s3://bucket/a+b/c%20d")]
    [InlineData("runs:/run_id/model")]
    [InlineData("dbfs:/models/x")]
    [InlineData("https://host/models/1?sig=a%2Fb")]
    public async Task A_source_elsewhere_is_taken_as_it_is(string source)
    {
        await registry.CreateModelAsync("m");
        Assert.Equal(source, (await registry.CreateVersionAsync("m", source)).GetProperty("source").GetString());
    }

    [Theory]
    [InlineData("mlflow-artifacts://host:9000/models/../../../")]
    [InlineData("http://host:9000/models/../../../")]
    [InlineData("https://host/api/2.0/mlflow-artifacts/artifacts/../../../")]
    [InlineData("s3a://my_bucket/api/2.0/mlflow-artifacts/artifacts/../../../")]
    [InlineData("ftp://host:8888/api/2.0/mlflow-artifacts/artifacts/../../../")]
    [InlineData("mlflow-artifacts://host:9000/models/..%2f..%2fartifacts")]
    [InlineData("mlflow-artifacts:/models/%2e%2e/%2e%2e/etc")]
    [InlineData("mlflow-artifacts:/models/%252e%252e/x")]
    [InlineData("mlflow-artifacts:/models/%25252e%25252e%25252fx")]
    [InlineData("mlflow-artifacts://host:9000/models/artifact%00")]
    [InlineData("mlflow-artifacts:/models/x%0a")]
    [InlineData("dbfs:/run/artifacts/a%3f/../../../../../../../../../../")]
    [InlineData("http:///#/../../../../etc/passwd")]
    [InlineData("s3://bucket/x%23/../../y")]
    [InlineData("s3://bucket/x#/../y")]
    [InlineData("s3://bucket/x?y=../z")]
    [InlineData("s3://bucket/a/..\\..\\b")]
    [InlineData("s3://bucket/a/..;v=1/b")]
    [InlineData("s3://bucket/./a")]
    [InlineData("s3://bucket")]
    [InlineData("mlflow-artifacts:models/relative")]
    [InlineData("s3:/my_bucket/models/path/../../other/path")]
    public async Task A_source_that_climbs_however_it_is_written_is_refused(string source)
    {
        await registry.CreateModelAsync("m");
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source, run_id = "r" },
            Refused + source + "'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided");
        Assert.False((await registry.GetAsync("/model-versions/search")).TryGetProperty("model_versions", out _));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("file:/etc")]
    [InlineData("file://localhost/etc")]
    [InlineData("relative/path")]
    [InlineData("..")]
    [InlineData("//etc")]
    public async Task A_local_path_without_a_run_is_refused(string source)
    {
        await registry.CreateModelAsync("m");
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source },
            Refused + source + "'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.");
    }

    [Fact]
    public async Task A_file_address_of_another_machine_is_refused()
    {
        await registry.CreateModelAsync("m");
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source = "file://123.456.789.123/path", run_id = "r" },
            Refused + "file://123.456.789.123/path' is not a valid remote uri.");
    }

    [Fact]
    public async Task A_source_in_another_workspace_s_part_of_the_store_is_refused()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", $"mlflow-artifacts:/workspaces/{registry.Workspace}/1/run/artifacts/model");
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source = "mlflow-artifacts:/workspaces/other/1/run/artifacts" },
            $"Artifact path targets workspace 'other' but the workspace specified in the request is '{registry.Workspace}'.");
    }

    [Theory]
    [InlineData("/etc/passwd", "Invalid prompt source: '/etc/passwd'. Local source paths are not allowed for prompts.")]
    [InlineData("file:///etc/passwd", "Invalid prompt source: 'file:///etc/passwd'. Local source paths are not allowed for prompts.")]
    [InlineData("s3://bucket/a/../b", Refused + "s3://bucket/a/../b'. If supplying a source as an http")]
    [InlineData("mlflow-artifacts:/workspaces/other/x", "Artifact path targets workspace 'other' but the workspace specified in the request is '")]
    public async Task A_prompt_s_source_that_is_an_address_must_be_a_safe_one(string source, string message)
    {
        (string, string) prompt = ("mlflow.prompt.is_prompt", "true");
        await registry.CreateModelAsync("p", prompt);
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create",
            new { name = "p", source, tags = new[] { new { key = "mlflow.prompt.is_prompt", value = "true" } } }, message);
        foreach (var taken in new[] { "prompt-template", "a/b", "s3://bucket/key" })
            await registry.CreateVersionAsync("p", taken, "", prompt);
    }

    [Fact]
    public async Task A_source_has_an_end()
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", "s3://" + new string('a', 4091).Remove(1, 1).Insert(1, "/"));
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source = "s3://b/" + new string('a', 4096) },
            "'source' exceeds the maximum length of 4096 characters");
    }

    [Fact]
    public async Task A_local_path_must_lie_in_the_artifact_folder_of_its_run()
    {
        await registry.CreateModelAsync("m");
        var experiment = (await registry.PostAsync("/experiments/create", new { name = "local", artifact_location = "file:///tmp/plane-local" })).GetProperty("experiment_id").GetString();
        var run = (await registry.PostAsync("/runs/create", new { experiment_id = experiment, start_time = 1 })).GetProperty("run").GetProperty("info");
        var (runId, root) = (run.GetProperty("run_id").GetString()!, run.GetProperty("artifact_uri").GetString()!);
        var path = root["file://".Length..];
        foreach (var source in new[] { root, root + "/model", root + "/.", root + "/model/..", path, path + "/model" })
            await registry.CreateVersionAsync("m", source, runId);
        foreach (var source in new[] { "/tmp", root + "/..", path + "/../other", root + "/%2e%2e/x", path + "/%2e%2e/x", path + "2", path + "/%00" })
        {
            var (status, answer) = await registry.SendAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source, run_id = runId });
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("To use a local path as a model version source", answer.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        await registry.MissingAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source = root, run_id = "0123456789abcdef0123456789abcdef" },
            "Run with id=0123456789abcdef0123456789abcdef not found");
    }

    [Fact]
    public async Task A_version_of_a_logged_model_knows_its_run_and_the_logged_model_knows_the_version_at_once()
    {
        await registry.CreateModelAsync("model");
        var experiment = (await registry.PostAsync("/experiments/create", new { name = "test" })).GetProperty("experiment_id").GetString();
        var run = (await registry.PostAsync("/runs/create", new { experiment_id = experiment, start_time = 1 })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
        var logged = (await registry.PostAsync("/logged-models", new { experiment_id = experiment, name = "lm", source_run_id = run })).GetProperty("model").GetProperty("info");
        var (id, location) = (logged.GetProperty("model_id").GetString()!, logged.GetProperty("artifact_uri").GetString()!);
        Assert.Equal("""[{"name": "model", "version": 1}]""", await RegisteredAsync(id, location));
        Assert.Equal("""[{"name": "model", "version": 1}, {"name": "model", "version": 2}]""", await RegisteredAsync(id, $"models:/{id}"));
        Assert.Equal(run, (await registry.VersionAsync("model", 2)).GetProperty("run_id").GetString());
        Assert.Equal(id, (await registry.VersionAsync("model", 2)).GetProperty("model_id").GetString());
        Assert.Equal(location, (await registry.GetAsync("/model-versions/get-download-uri?name=model&version=2")).GetProperty("artifact_uri").GetString());
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "model", source = "file:///path/to/model", model_id = id },
            Refused + "/path/to/model'. To use a local path as a model version source, the model_id request parameter has to be specified");
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "model", source = "models:/m-00000000000000000000000000000000" },
            "Unable to fetch model from model URI source artifact location");
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<string?> RegisteredAsync(string id, string source)
    {
        await registry.PostAsync("/model-versions/create", new { name = "model", source, model_id = id });
        var tags = (await registry.GetAsync($"/logged-models/{id}")).GetProperty("model").GetProperty("info").GetProperty("tags");
        return tags.EnumerateArray().Single(tag => tag.GetProperty("key").GetString() == "mlflow.modelVersions").GetProperty("value").GetString();
    }
}
