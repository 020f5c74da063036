using System.Net;
using System.Text;
using System.Text.Json;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Deployments;

public sealed class DeploymentsOnSqlite(AllInOneOnSqlite plane) : DeploymentTests(plane);

public sealed class DeploymentsOnPostgres(AllInOneOnPostgres plane) : DeploymentTests(plane);

public abstract class DeploymentTests(PlaneFixture plane) : IDisposable
{
    private readonly DeploymentClient deployments = DeploymentClient.In(plane);

    [Fact]
    public async Task The_smallest_deployment_is_made_read_and_deleted()
    {
        await deployments.ModelAsync("linear", versions: 2);
        await deployments.AliasAsync("linear", "champion", 2);
        using var response = await deployments.Http.PostAsync(DeploymentClient.Base, new StringContent("""{"model":"models:/linear@champion","pool":"nobody"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(($"{DeploymentClient.Base}/linear", "\"1\""), (response.Headers.Location!.ToString(), response.Headers.ETag!.Tag));
        var made = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(("linear", 1, "Pending"), (made.GetProperty("name").GetString(), made.GetProperty("generation").GetInt64(), made.GetProperty("phase").GetString()));
        var target = DeploymentClient.Target(made);
        Assert.Equal(("linear", "champion", 2), (target.GetProperty("model").GetString(), target.GetProperty("alias").GetString(), target.GetProperty("version").GetInt32()));
        Assert.Equal((JsonValueKind.Null, false), (target.GetProperty("previousVersion").ValueKind, target.GetProperty("rolledBack").GetBoolean()));
        Assert.Equal("models:/linear@champion", made.GetProperty("spec").GetProperty("variants")[0].GetProperty("model").GetString());
        // Where it waits for a replica the answer says so once that is known.
        var read = await deployments.GetAsync("/linear");
        Assert.All(made.EnumerateObject().Where(field => field.Name != "waiting"), field => Assert.Equal(field.Value.GetRawText(), read.GetProperty(field.Name).GetRawText()));
        var status = await deployments.GetAsync("/linear/status");
        Assert.Equal("Pending", status.GetProperty("phase").GetString());
        await deployments.RefusedAsync(HttpMethod.Post, "", new { model = "models:/linear/1" }, HttpStatusCode.Conflict, "deployment_exists", "'linear'");

        await deployments.OkAsync(HttpMethod.Delete, "/linear");
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Patch, ""), (HttpMethod.Get, "/status"), (HttpMethod.Post, "/rollback") })
            await deployments.RefusedAsync(method, $"/linear{path}", method == HttpMethod.Get || method == HttpMethod.Delete ? null : new { }, HttpStatusCode.NotFound, "deployment_not_found", "'linear'");
        Assert.Equal(["deleted", "created"], await deployments.EventsAsync("linear"));
        await deployments.RefusedAsync(HttpMethod.Get, "/never/events", null, HttpStatusCode.NotFound, "deployment_not_found");
        Assert.Equal(1, (await deployments.CreateAsync(new { model = "models:/linear/1" })).GetProperty("generation").GetInt64());
    }

    [Fact]
    public async Task A_model_version_or_alias_that_is_not_there_is_named()
    {
        await deployments.ModelAsync("m");
        await deployments.RefusedAsync(HttpMethod.Post, "", new { model = "models:/none/1" }, HttpStatusCode.NotFound, "model_version_not_found", "no version 1 of a model 'none'");
        await deployments.RefusedAsync(HttpMethod.Post, "", new { model = "models:/m/7" }, HttpStatusCode.NotFound, "model_version_not_found", "no version 7 of a model 'm'");
        await deployments.RefusedAsync(HttpMethod.Post, "", new { model = "models:/m@gone" }, HttpStatusCode.NotFound, "model_version_not_found", "no alias 'gone' of a model 'm'");
        var spec = new { name = "d", variants = new[] { new { name = "a", model = "models:/m/1", weight = 100 }, new { name = "b", model = "models:/m/8", weight = 0 } } };
        await deployments.RefusedAsync(HttpMethod.Post, "", spec, HttpStatusCode.NotFound, "model_version_not_found", "'variants[1].model'");
        Assert.Empty((await deployments.GetAsync("")).GetProperty("deployments").EnumerateArray());
    }

    [Fact]
    public async Task A_version_whose_files_hold_no_ONNX_is_refused_with_what_it_holds_instead()
    {
        await deployments.ModelAsync("m", versions: 0);
        foreach (var (folder, files) in new[] { ("pickled", new[] { "MLmodel", "model.pkl" }), ("converted", ["MLmodel", "model.onnx"]) })
        {
            foreach (var file in files)
            {
                using var body = new ByteArrayContent("x"u8.ToArray());
                using var put = await deployments.Http.PutAsync(new Uri($"/api/2.0/mlflow-artifacts/artifacts/{folder}/{file}", UriKind.Relative), body);
                Assert.Equal(HttpStatusCode.OK, put.StatusCode);
            }

            await deployments.OkAsync(HttpMethod.Post, "/api/2.0/mlflow/model-versions/create", new { name = "m", source = $"mlflow-artifacts:/{folder}", run_id = "" });
        }

        foreach (var version in new[] { 1, 2 })
            await Until.TrueAsync(async () => (await deployments.GetAsync($"/api/v1/registry/models/m/versions/{version}/content")).GetProperty("state").GetString() == "complete");
        await deployments.RefusedAsync(HttpMethod.Post, "?dryRun=true", new { model = "models:/m/1" }, HttpStatusCode.UnprocessableEntity, "no_onnx",
            "'variants[0].model': version 1 of model 'm' has no ONNX file, but MLmodel, model.pkl. Convert the model to ONNX");
        await deployments.OkAsync(HttpMethod.Post, "?dryRun=true", new { model = "models:/m/2" });
    }

    [Fact]
    public async Task Bodies_that_are_no_spec_are_refused()
    {
        foreach (var (body, code) in new[]
        {
            ("", "invalid_json"), ("{", "invalid_json"), ("""{"name":"a","name":"b"}""", "invalid_json"), ("""{"model":"\ud800"}""", "invalid_json"),
            ("""{"\ud800":1}""", "invalid_json"), ("null", "invalid_spec"), ("""{"nmae":"a"}""", "invalid_spec"),
        })
            await deployments.RefusedAsync(HttpMethod.Post, "", body, HttpStatusCode.BadRequest, code);
        var (status, answer) = await deployments.SendAsync(HttpMethod.Post, "", "model=x", type: "text/plain");
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"), (status, answer.GetProperty("code").GetString()));
        await deployments.RefusedAsync(HttpMethod.Post, "", $$"""{"model":"{{new string('a', 300_000)}}"}""", HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        await deployments.ModelAsync("m");
        await deployments.CreateAsync(new { model = "models:/m/1" });
        foreach (var (body, code) in new[] { ("[]", "invalid_spec"), ("""{"pool":"\ud800"}""", "invalid_json"), ("""{"name":"x"}""", "invalid_spec"), ("""{"instances":0}""", "invalid_spec") })
            await deployments.RefusedAsync(HttpMethod.Patch, "/m", body, HttpStatusCode.BadRequest, code);
        await deployments.RefusedAsync(HttpMethod.Get, "?pool=a%00", null, HttpStatusCode.BadRequest, "invalid_text");
        Assert.Equal(1, (await deployments.GetAsync("/m")).GetProperty("generation").GetInt64());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_served_and_writes_nothing()
    {
        await deployments.ModelAsync("m", versions: 3);
        await deployments.AliasAsync("m", "live", 3);
        var plan = await deployments.OkAsync(HttpMethod.Post, "?dryRun=true", new { model = "models:/m@live" });
        Assert.True(plan.GetProperty("dryRun").GetBoolean());
        Assert.Equal(("m", 3), (plan.GetProperty("spec").GetProperty("name").GetString(), DeploymentClient.Target(plan).GetProperty("version").GetInt32()));
        await deployments.RefusedAsync(HttpMethod.Post, "?dryRun=true", new { model = "models:/m/9" }, HttpStatusCode.NotFound, "model_version_not_found");
        await deployments.RefusedAsync(HttpMethod.Get, "/m", null, HttpStatusCode.NotFound, "deployment_not_found");
        await deployments.RefusedAsync(HttpMethod.Get, "/m/events", null, HttpStatusCode.NotFound, "deployment_not_found");
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_raises_the_generation()
    {
        await deployments.ModelAsync("m", versions: 2);
        await deployments.CreateAsync(new { model = "models:/m/1", idleUnloadSeconds = 60 });
        var patched = await deployments.OkAsync(HttpMethod.Patch, "/m", """{"instances":2,"idleUnloadSeconds":null,"pool":"gpu"}""", "application/merge-patch+json");
        Assert.Equal((2, "gpu", 2), (patched.GetProperty("generation").GetInt64(), patched.GetProperty("spec").GetProperty("pool").GetString(), patched.GetProperty("spec").GetProperty("instances").GetInt32()));
        Assert.Equal(JsonValueKind.Null, patched.GetProperty("spec").GetProperty("idleUnloadSeconds").ValueKind);
        Assert.Equal(2, (await deployments.OkAsync(HttpMethod.Patch, "/m", new { instances = 2 })).GetProperty("generation").GetInt64());
        patched = await deployments.OkAsync(HttpMethod.Patch, "/m", new { variants = new[] { new { name = "main", model = "models:/m/2" } } });
        Assert.Equal((2, 1), (DeploymentClient.Target(patched).GetProperty("version").GetInt32(), DeploymentClient.Target(patched).GetProperty("previousVersion").GetInt32()));
        await deployments.RefusedAsync(HttpMethod.Patch, "/m", new { variants = new[] { new { name = "main", model = "models:/m/5" } } }, HttpStatusCode.NotFound, "model_version_not_found");
        patched = await deployments.OkAsync(HttpMethod.Patch, "/m", new { variants = new[] { new { name = "out", runtime = "external", url = "http://127.0.0.1:1", protocol = "oip" } } });
        Assert.Empty(patched.GetProperty("targets").EnumerateArray());
        Assert.Equal(["updated", "updated", "updated", "created"], await deployments.EventsAsync("m"));
    }

    [Fact]
    public async Task Somebody_who_was_slower_is_told_so()
    {
        await deployments.ModelAsync("m", versions: 2);
        await deployments.CreateAsync(new { model = "models:/m/1" });
        await deployments.OkAsync(HttpMethod.Patch, "/m?expectedGeneration=1", new { instances = 2 });
        await deployments.RefusedAsync(HttpMethod.Patch, "/m?expectedGeneration=1", new { instances = 3 }, HttpStatusCode.Conflict, "generation_changed", "has generation 2; the caller expected 1");
        await deployments.RefusedAsync(HttpMethod.Patch, "/m", new { instances = 3 }, HttpStatusCode.Conflict, "generation_changed", ifMatch: "\"1\"");
        await deployments.RefusedAsync(HttpMethod.Delete, "/m", null, HttpStatusCode.Conflict, "generation_changed", ifMatch: "\"1\"");
        await deployments.RefusedAsync(HttpMethod.Post, "/m/rollback?expectedGeneration=1", new { }, HttpStatusCode.Conflict, "generation_changed");
        await deployments.RefusedAsync(HttpMethod.Patch, "/m", new { }, HttpStatusCode.BadRequest, "invalid_expectation", ifMatch: "W/\"2\"");
        await deployments.RefusedAsync(HttpMethod.Patch, "/m?expectedGeneration=2", new { }, HttpStatusCode.BadRequest, "invalid_expectation", ifMatch: "\"1\"");
        await deployments.RefusedAsync(HttpMethod.Delete, "/m?expectedGeneration=0", null, HttpStatusCode.BadRequest, "invalid_expectation");
        Assert.Equal(HttpStatusCode.OK, (await deployments.SendAsync(HttpMethod.Patch, "/m", new { instances = 4 }, ifMatch: "\"2\"")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await deployments.SendAsync(HttpMethod.Delete, "/m", ifMatch: "*")).Status);
    }

    [Fact]
    public async Task Changes_of_many_at_once_all_count()
    {
        await deployments.ModelAsync("m");
        await deployments.CreateAsync(new { model = "models:/m/1" });
        await Task.WhenAll(Enumerable.Range(2, 4).Select(i => deployments.OkAsync(HttpMethod.Patch, "/m", new { cache = new { bytes = i } })));
        Assert.Equal(5, (await deployments.GetAsync("/m")).GetProperty("generation").GetInt64());
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => deployments.SendAsync(HttpMethod.Post, "", new { model = "models:/m/1", name = "same", pool = DeploymentClient.Pool })));
        Assert.Single(made, one => one.Status == HttpStatusCode.Created);
        Assert.Equal(3, made.Count(one => one.Status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Deployments_are_listed_by_name_in_pages_and_found_by_pool_model_and_phase()
    {
        await deployments.ModelAsync("a");
        await deployments.ModelAsync("b");
        for (var i = 0; i < 5; i++)
            await deployments.CreateAsync(new { name = $"d{i}", model = i % 2 == 0 ? "models:/a/1" : "models:/b/1", pool = i < 2 ? "gpu" : DeploymentClient.Pool });
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await deployments.GetAsync($"?limit=2{(token is null ? "" : $"&pageToken={token}")}");
            Assert.InRange(page.GetProperty("deployments").GetArrayLength(), 1, 2);
            names.AddRange(NamesOf(page));
            token = page.GetProperty("nextPageToken").GetString();
        }
        while (token is not null);

        Assert.Equal(["d0", "d1", "d2", "d3", "d4"], names);
        Assert.Equal(["d0", "d1"], NamesOf(await deployments.GetAsync("?pool=gpu")));
        Assert.Equal(["d1", "d3"], NamesOf(await deployments.GetAsync("?model=b")));
        Assert.Equal(["d0", "d1", "d2", "d3", "d4"], NamesOf(await deployments.GetAsync("?state=pending")));
        Assert.Empty(NamesOf(await deployments.GetAsync("?state=Failed&limit=1")));
        foreach (var (query, code) in new[] { ("?state=x", "invalid_state"), ("?state=1", "invalid_state"), ("?limit=0", "invalid_limit"), ("?pageToken=x", "invalid_page_token") })
            await deployments.RefusedAsync(HttpMethod.Get, query, null, HttpStatusCode.BadRequest, code);
        foreach (var (query, code) in new[] { ("?severity=x", "invalid_severity"), ("?limit=0", "invalid_limit"), ("?pageToken=x", "invalid_page_token") })
            await deployments.RefusedAsync(HttpMethod.Get, $"/d0/events{query}", null, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Another_workspace_sees_nothing_of_it()
    {
        await deployments.ModelAsync("m");
        await deployments.CreateAsync(new { model = "models:/m/1" });
        using var other = DeploymentClient.In(plane);
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, "/m", null), (HttpMethod.Patch, "/m", new { instances = 2 }), (HttpMethod.Delete, "/m", null), (HttpMethod.Post, "/m/rollback", new { }),
            (HttpMethod.Get, "/m/status", null), (HttpMethod.Get, "/m/events", null),
        })
            await other.RefusedAsync(method, path, body, HttpStatusCode.NotFound, "deployment_not_found");
        await other.RefusedAsync(HttpMethod.Post, "", new { model = "models:/m/1" }, HttpStatusCode.NotFound, "model_version_not_found");
        Assert.Empty(NamesOf(await other.GetAsync("")));
        using var byPath = await plane.Client.GetAsync(new Uri($"/w/{deployments.Workspace}{DeploymentClient.Base}/m", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, byPath.StatusCode);
    }

    public void Dispose()
    {
        deployments.Dispose();
        GC.SuppressFinalize(this);
    }

    private static IEnumerable<string> NamesOf(JsonElement page) => page.GetProperty("deployments").EnumerateArray().Select(one => one.GetProperty("name").GetString()!);
}
