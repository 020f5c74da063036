using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Content;

public sealed class ContentOnSqlite(AllInOneOnSqlite plane) : ContentTests(plane);

public sealed class ContentOnPostgres(AllInOneOnPostgres plane) : ContentTests(plane);

public abstract class ContentTests(PlaneFixture plane) : IDisposable
{
    private const string Version = "/api/v1/registry/models/m/versions/1";
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task Files_of_a_version_are_digested_in_the_background_as_sha256sum_would()
    {
        var mlmodel = "flavors: {}"u8.ToArray();
        var onnx = OnnxBytes.Classifier();
        await UploadAsync("models/a/MLmodel", mlmodel);
        await UploadAsync("models/a/data/model.onnx", onnx);
        await RegisterAsync("mlflow-artifacts:/models/a");
        var content = await SettledAsync();
        Assert.Equal("complete", content.GetProperty("state").GetString());
        Assert.Equal(mlmodel.Length + onnx.Length, content.GetProperty("totalBytes").GetInt64());
        Assert.Equal(["MLmodel", "data/model.onnx"], content.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!));
        var lines = $"{Hex(mlmodel)}  MLmodel\n{Hex(onnx)}  data/model.onnx\n";
        Assert.Equal(Hex(Encoding.UTF8.GetBytes(lines)), content.GetProperty("digest").GetString());

        var signature = await registry.GetAsync(Version + "/signature");
        Assert.Equal(("data/model.onnx", 17, 15), (signature.GetProperty("file").GetString(), signature.GetProperty("opset").GetInt32(), signature.GetProperty("parameterCount").GetInt32()));
        Assert.Equal("""[{"name":"features","type":"float","shape":["batch","4"]}]""", signature.GetProperty("inputs").GetRawText());
        Assert.Equal("""{"name":"probabilities","type":"sequence","shape":null}""", signature.GetProperty("outputs")[1].GetRawText());

        using var file = await registry.Http.GetAsync("/model-versions/get-artifact?name=m&version=1&path=MLmodel");
        Assert.Equal(mlmodel, await file.Content.ReadAsByteArrayAsync());
        using var climbing = await registry.Http.GetAsync("/model-versions/get-artifact?name=m&version=1&path=..%2Fb");
        Assert.Equal(HttpStatusCode.BadRequest, climbing.StatusCode);
    }

    [Fact]
    public async Task A_check_finds_files_that_changed_came_or_went_and_leaves_the_first_digest()
    {
        await UploadAsync("models/b/MLmodel", "one"u8.ToArray());
        await UploadAsync("models/b/weights", "two"u8.ToArray());
        await RegisterAsync("mlflow-artifacts:/models/b");
        var digest = (await SettledAsync()).GetProperty("digest").GetString();
        Assert.Equal("intact", (await CheckedAsync()).GetProperty("result").GetString());
        await UploadAsync("models/b/weights", "tampered"u8.ToArray());
        await UploadAsync("models/b/extra", "three"u8.ToArray());
        using (var removed = await registry.Http.DeleteAsync("/api/2.0/mlflow-artifacts/artifacts/models/b/MLmodel"))
            Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        var check = await CheckedAsync();
        Assert.Equal(("changed", "added: extra; changed: weights; missing: MLmodel"), (check.GetProperty("result").GetString(), check.GetProperty("detail").GetString()));
        Assert.Equal(digest, (await registry.GetAsync(Version + "/content")).GetProperty("digest").GetString());
    }

    [Fact]
    public async Task A_version_whose_files_are_elsewhere_says_so()
    {
        await RegisterAsync("s3://bucket/model");
        var content = await SettledAsync();
        Assert.Equal("unavailable", content.GetProperty("state").GetString());
        Assert.Contains("not in this product's artifact store", content.GetProperty("reason").GetString(), StringComparison.Ordinal);
        await ProblemAsync(HttpMethod.Get, Version + "/signature", HttpStatusCode.NotFound, "no_signature");
        await ProblemAsync(HttpMethod.Get, "/api/v1/registry/models/m/versions/9/content", HttpStatusCode.NotFound, "version_not_found");
    }

    [Fact]
    public async Task Versions_are_found_by_tag_digest_and_signature()
    {
        await UploadAsync("models/c/model.onnx", OnnxBytes.Classifier("skl2onnx"));
        await UploadAsync("models/d/MLmodel", "x"u8.ToArray());
        await registry.CreateModelAsync("m", ("team", "blue"));
        await registry.CreateVersionAsync("m", "mlflow-artifacts:/models/c", "", ("stage", "one"));
        await registry.CreateVersionAsync("m", "mlflow-artifacts:/models/d");
        var digest = (await SettledAsync()).GetProperty("digest").GetString();
        await SettledAsync(2);
        Assert.Equal([2, 1], await FoundAsync(new { tags = new[] { new { key = "team", value = "blue" } } }));
        Assert.Equal([1], await FoundAsync(new { tags = new[] { new { key = "stage" } } }));
        Assert.Equal([1], await FoundAsync(new { digest = "sha256:" + digest }));
        Assert.Equal([2], await FoundAsync(new { digest = Hex("x"u8.ToArray()).ToUpperInvariant() }));
        Assert.Equal([1], await FoundAsync(new { signature = new { opset = 17, producer = "skl2onnx", inputs = new[] { new { name = "features", type = "float", shape = "batch,4" } } } }));
        Assert.Empty(await FoundAsync(new { signature = new { outputs = new[] { new { name = "features" } } } }));
        Assert.Empty(await FoundAsync(new { model = "other" }));
        var first = await registry.PostAsync("/api/v1/registry/versions/search", new { limit = 1 });
        Assert.Equal([1], await FoundAsync(new { limit = 1, pageToken = first.GetProperty("nextPageToken").GetString() }));
        await ProblemAsync(HttpMethod.Post, "/api/v1/registry/versions/search", HttpStatusCode.BadRequest, "invalid_digest", new { digest = "abc" });
        await ProblemAsync(HttpMethod.Post, "/api/v1/registry/versions/search", HttpStatusCode.BadRequest, "invalid_limit", new { limit = 0 });
        await ProblemAsync(HttpMethod.Post, "/api/v1/registry/versions/search", HttpStatusCode.BadRequest, "bad_request", "{\"model\":\"a\\u0000b\"}");
        await ProblemAsync(HttpMethod.Post, "/api/v1/registry/versions/search", HttpStatusCode.BadRequest, "bad_request", "{");
    }

    [Fact]
    public async Task Versions_that_were_made_in_one_moment_are_found_once_each_across_pages()
    {
        foreach (var name in new[] { "m", "n" })
        {
            await registry.CreateModelAsync(name, ("twins", "yes"));
            for (var i = 0; i < 3; i++)
                await registry.CreateVersionAsync(name, "s3://bucket/model");
        }

        await using (var scope = plane.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
            var workspace = await db.Models.Where(row => row.Name == "n").OrderByDescending(row => row.ModelKey).Select(row => row.WorkspaceId).FirstAsync();
            await db.Versions.Where(row => row.WorkspaceId == workspace).ExecuteUpdateAsync(set => set.SetProperty(row => row.CreatedAt, 1_000));
        }

        var (found, token) = (new List<string>(), (string?)null);
        do
        {
            var page = await registry.PostAsync("/api/v1/registry/versions/search", new { limit = 2, pageToken = token });
            found.AddRange(page.GetProperty("versions").EnumerateArray().Select(version => $"{version.GetProperty("model")}/{version.GetProperty("version")}"));
            token = page.GetProperty("nextPageToken").GetString();
        }
        while (token is not null);
        Assert.Equal(["n/3", "n/2", "n/1", "m/3", "m/2", "m/1"], found);
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private async Task RegisterAsync(string source)
    {
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", source);
    }

    private async Task UploadAsync(string path, byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var answer = await registry.Http.PutAsync("/api/2.0/mlflow-artifacts/artifacts/" + path, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<JsonElement> SettledAsync(int version = 1) =>
        UntilAsync(Version[..^1] + version + "/content", content => content.GetProperty("state").GetString() != "pending");

    private async Task<JsonElement> CheckedAsync()
    {
        await registry.PostAsync(Version + "/content/check", new { });
        return (await UntilAsync(Version + "/content", content => !content.GetProperty("checkPending").GetBoolean())).GetProperty("lastCheck");
    }

    private async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> reached)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var answer = await registry.GetAsync(path);
            if (reached(answer))
                return answer;
            await Task.Delay(50, patience.Token);
        }
    }

    private async Task<IEnumerable<int>> FoundAsync(object request) =>
        (await registry.PostAsync("/api/v1/registry/versions/search", request)).GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version").GetInt32()).ToList();

    private async Task ProblemAsync(HttpMethod method, string path, HttpStatusCode status, string code, object? body = null)
    {
        var (actual, problem) = await registry.SendAsync(method, path, body);
        Assert.Equal((status, code), (actual, problem.GetProperty("code").GetString()));
    }
}
