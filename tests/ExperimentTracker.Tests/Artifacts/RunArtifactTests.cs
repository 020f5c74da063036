using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Artifacts;

public sealed class RunArtifactsOnSqlite(AllInOneOnSqlite plane) : RunArtifactTests(plane);

public sealed class RunArtifactsOnPostgres(AllInOneOnPostgres plane) : RunArtifactTests(plane);

public abstract class RunArtifactTests(PlaneFixture plane)
{
    private const string Api = "/api/2.0/mlflow";

    private readonly HttpClient team = plane.NewClient(PlaneFixture.FreshWorkspace());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_runs_files_are_listed_and_read_from_its_root()
    {
        var (run, uri) = await RunAsync();
        await PutAsync($"{uri}/model/MLmodel", "flavors: {}");
        await PutAsync($"{uri}/a b+c.txt", "x");
        Assert.Equal(
            $$"""{"root_uri":"{{uri}}","files":[{"path":"a b+c.txt","is_dir":false,"file_size":1},{"path":"model","is_dir":true}]}""",
            await team.GetStringAsync($"{Api}/artifacts/list?run_id={run}", Ct));
        Assert.Equal(
            $$"""{"root_uri":"{{uri}}","files":[{"path":"model/MLmodel","is_dir":false,"file_size":11}]}""",
            await team.GetStringAsync($"{Api}/artifacts/list?run_uuid={run}&path=model", Ct));
        Assert.Equal($$"""{"root_uri":"{{uri}}"}""", await team.GetStringAsync($"{Api}/artifacts/list?run_id={run}&path=model/MLmodel", Ct));
        using var file = await team.GetAsync($"/get-artifact?run_id={run}&path=model/MLmodel", Ct);
        Assert.Equal("flavors: {}", await file.Content.ReadAsStringAsync(Ct));
        Assert.Equal("attachment; filename=MLmodel", file.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("x", await team.GetStringAsync($"/get-artifact?run_uuid={run}&path=a%20b%2Bc.txt", Ct));
    }

    [Fact]
    public async Task The_folder_named_by_a_dot_is_the_one_it_stands_in()
    {
        var (run, uri) = await RunAsync();
        await PutAsync($"{uri}/model/MLmodel", "flavors: {}");
        var place = uri["mlflow-artifacts:/".Length..];
        Assert.Equal(
            """{"files":[{"path":"model","is_dir":true}]}""",
            await team.GetStringAsync($"/api/2.0/mlflow-artifacts/artifacts?path={place}/.", Ct));
        Assert.Equal(
            """{"files":[{"path":"MLmodel","is_dir":false,"file_size":11}]}""",
            await team.GetStringAsync($"/api/2.0/mlflow-artifacts/artifacts?path={place}/./model", Ct));
        Assert.Equal("flavors: {}", await team.GetStringAsync($"/get-artifact?run_id={run}&path=./model/MLmodel", Ct));
    }

    [Theory]
    [InlineData("/api/2.0/mlflow/artifacts/list?run_id=RUN&path=../x", 400, "Invalid path")]
    [InlineData("/api/2.0/mlflow/artifacts/list?run_id=RUN&path=%252e%252e", 400, "Invalid path")]
    [InlineData("/get-artifact?run_id=RUN&path=../x", 400, "Invalid path")]
    [InlineData("/get-artifact?run_id=RUN&path=/etc/passwd", 400, "Invalid path")]
    [InlineData("/get-artifact?run_id=RUN&path=none", 404, null)]
    [InlineData("/get-artifact?run_id=RUN", 400, "Request must specify path.")]
    [InlineData("/get-artifact?run_id=0123456789abcdef0123456789abcdef&path=x", 404, "Run with id=0123456789abcdef0123456789abcdef not found")]
    [InlineData("/api/2.0/mlflow/artifacts/list", 400, "Missing value for required parameter 'run_id'. See the API docs for more information about request parameters.")]
    public async Task A_request_that_breaks_a_rule_is_refused(string path, int status, string? message)
    {
        var (run, _) = await RunAsync();
        using var response = await team.GetAsync(path.Replace("RUN", run, StringComparison.Ordinal), Ct);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(status, (int)response.StatusCode);
        if (message is not null)
            Assert.Equal(message, error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_page_uploads_a_small_file()
    {
        var (run, _) = await RunAsync();
        using (var put = await UploadAsync($"run_uuid={run}&path=notes/n.txt", new byte[] { 104, 105 }))
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("hi", await team.GetStringAsync($"/get-artifact?run_id={run}&path=notes/n.txt", Ct));
    }

    [Theory]
    [InlineData("path=x", 1, 400, "Request must specify run_uuid.")]
    [InlineData("run_uuid=RUN", 1, 400, "Request must specify path.")]
    [InlineData("run_uuid=RUN&path=../x", 1, 400, "Invalid path")]
    [InlineData("run_uuid=RUN&path=.", 1, 400, "Invalid path")]
    [InlineData("run_uuid=RUN&path=x", 0, 400, "Request must specify data.")]
    [InlineData("run_uuid=RUN&path=x", 10 * 1024 * 1024 + 1, 400, "Artifact size is too large. Max size is 10MB.")]
    [InlineData("run_uuid=0123456789abcdef0123456789abcdef&path=x", 1, 404, "Run with id=0123456789abcdef0123456789abcdef not found")]
    public async Task A_pages_upload_that_breaks_a_rule_is_refused(string query, int size, int status, string message)
    {
        var (run, _) = await RunAsync();
        using var response = await UploadAsync(query.Replace("RUN", run, StringComparison.Ordinal), new byte[size]);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((status, message), ((int)response.StatusCode, error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Files_that_lie_elsewhere_are_not_fetched_by_the_server()
    {
        var experiment = await PostAsync("experiments/create", new { name = "elsewhere", artifact_location = "file:///etc" });
        var run = (await PostAsync("runs/create", new { experiment_id = experiment.GetProperty("experiment_id").GetString() }))
            .GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
        using var response = await team.GetAsync($"/get-artifact?run_id={run}&path=passwd", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("which this server does not serve", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logged_models_files_are_listed_and_read_from_its_root()
    {
        var model = (await PostAsync("logged-models", new { experiment_id = "0", name = "m" })).GetProperty("model").GetProperty("info");
        var (id, uri) = (model.GetProperty("model_id").GetString(), model.GetProperty("artifact_uri").GetString());
        await PutAsync($"{uri}/data/w.bin", "abc");
        Assert.Equal(
            $$"""{"root_uri":"{{uri}}","files":[{"path":"data/w.bin","is_dir":false,"file_size":3}]}""",
            await team.GetStringAsync($"{Api}/logged-models/{id}/artifacts/directories?artifact_directory_path=data", Ct));
        var file = $"/ajax-api/2.0/mlflow/logged-models/{id}/artifacts/files";
        Assert.Equal("abc", await team.GetStringAsync($"{file}?artifact_file_path=data/w.bin", Ct));
        using var unnamed = await team.GetAsync(file, Ct);
        var error = await unnamed.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(HttpStatusCode.BadRequest, unnamed.StatusCode);
        Assert.Equal("BAD_REQUEST", error.GetProperty("error_code").GetString());
        Assert.Equal("Request must include the \"artifact_file_path\" query parameter.", error.GetProperty("message").GetString());
        using var unknown = await team.GetAsync($"{Api}/logged-models/m-none/artifacts/directories", Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private async Task<(string Run, string Uri)> RunAsync()
    {
        var info = (await PostAsync("runs/create", new { experiment_id = "0" })).GetProperty("run").GetProperty("info");
        return (info.GetProperty("run_id").GetString()!, info.GetProperty("artifact_uri").GetString()!);
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await team.PostAsJsonAsync($"{Api}/{path}", body, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    /// <summary>Puts a file as MLflow's client does: the artifact URI's path behind the proxy's.</summary>
    private async Task PutAsync(string uri, string content)
    {
        var path = string.Join('/', uri["mlflow-artifacts:/".Length..].Split('/').Select(Uri.EscapeDataString));
        using var response = await team.PutAsync($"/api/2.0/mlflow-artifacts/artifacts/{path}", new StringContent(content), Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private Task<HttpResponseMessage> UploadAsync(string query, byte[] body) =>
        team.PostAsync($"/ajax-api/2.0/mlflow/upload-artifact?{query}", new ByteArrayContent(body), Ct);
}
