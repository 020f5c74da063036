using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tests.Webhooks;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.ModelRegistry.Tests.Import;

public sealed class ImportOnSqlite(WebhookPlaneOnSqlite plane) : ImportTests(plane);

public sealed class ImportOnPostgres(WebhookPlaneOnPostgres plane) : ImportTests(plane);

public abstract class ImportTests(WebhookPlane plane) : IDisposable
{
    private const string Api = "/api/v1/registry/import";
    private const string Source = "http://old.example";
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task A_model_keeps_times_tags_aliases_and_the_numbers_of_its_versions()
    {
        for (var round = 0; round < 2; round++)
        {
            var outcome = round == 0 ? "created" : "resumed";
            Assert.Equal(outcome, (await ModelAsync("m")).GetProperty("outcome").GetString());
            foreach (var version in (int[])[1, 2, 5])
                Assert.Equal(outcome, (await VersionAsync("m", version, version == 5 ? "Production" : "None")).GetProperty("outcome").GetString());
            Assert.Equal(round == 0 ? 2 : 0, (await AliasesAsync("m", new { champion = 5, old = 1 })).GetProperty("moved").GetInt32());
        }

        var model = await registry.ModelAsync("m");
        Assert.Equal((1000, 2000, "a model"), (model.GetProperty("creation_timestamp").GetInt64(), model.GetProperty("last_updated_timestamp").GetInt64(),
            model.GetProperty("description").GetString()));
        Assert.Equal("""[{"alias":"champion","version":"5"},{"alias":"old","version":"1"}]""", Compact(model.GetProperty("aliases")));
        Assert.Equal("""[{"key":"mlopsplane.import.origin","value":"http://old.example m"},{"key":"team","value":"risk"}]""", Compact(model.GetProperty("tags")));
        var fifth = await registry.VersionAsync("m", 5);
        Assert.Equal((3000, 4000, "Production", "s3://b/5", "r5"), (fifth.GetProperty("creation_timestamp").GetInt64(),
            fifth.GetProperty("last_updated_timestamp").GetInt64(), fifth.GetProperty("current_stage").GetString(), fifth.GetProperty("source").GetString(),
            fifth.GetProperty("run_id").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync(HttpMethod.Get, "/model-versions/get?name=m&version=3")).Status);
        Assert.Equal("6", (await registry.CreateVersionAsync("m")).GetProperty("version").GetString());
        await VersionAsync("m", 3, "None");
        Assert.Equal("7", (await registry.CreateVersionAsync("m")).GetProperty("version").GetString());
        var entries = (await registry.GetAsync("/api/v1/registry/models/m/history")).GetProperty("entries").EnumerateArray()
            .Select(entry => $"{entry.GetProperty("kind")} {entry.GetProperty("reason")}");
        Assert.Equal(["alias imported", "alias imported", "stage imported"], entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Other_services_learn_it_once_and_webhooks_stay_silent()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await registry.WebhookAsync(receiver.Url, null, "REGISTERED_MODEL.CREATED", "MODEL_VERSION.CREATED", "MODEL_VERSION.STAGE_CHANGED", "MODEL_VERSION_ALIAS.CREATED");
        for (var round = 0; round < 2; round++)
        {
            await ModelAsync("m");
            await VersionAsync("m", 2, "Staging");
            await AliasesAsync("m", new { champion = 2 });
        }

        await registry.CreateModelAsync("witness");
        var told = await receiver.WaitAsync(1);
        Assert.Equal("witness", Assert.Single(told).Data.GetProperty("name").GetString());
        // Created, staged, aliased: one event each, however often it was imported.
        Assert.Equal(3, await SequenceAsync($"model:{registry.Workspace}/m"));
    }

    [Fact]
    public async Task A_model_of_the_same_name_that_was_not_imported_is_left_alone()
    {
        await registry.CreateModelAsync("mine");
        await RefusedAsync("models", Model("mine"), 409, "model_name_taken");
        await RefusedAsync("versions", Version("mine", 1, "None"), 409, "model_name_taken");
        await RefusedAsync("aliases", new { source = Source, model = "mine", aliases = new { a = 1 } }, 409, "model_name_taken");
        await ModelAsync("mine-2", "mine");
        Assert.Equal("resumed", (await ModelAsync("mine-2", "mine")).GetProperty("outcome").GetString());
        await RefusedAsync("models", Model("mine-2"), 409, "model_name_taken");
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused()
    {
        await ModelAsync("m");
        await RefusedAsync("models", new { source = "", name = "m" }, 400, "invalid_source");
        await RefusedAsync("models", new { source = "s", name = "a/b" }, 400, "INVALID_PARAMETER_VALUE");
        await RefusedAsync("models", new { source = "s", name = "x", creationTimestamp = -1 }, 400, "invalid_time");
        await RefusedAsync("versions", Version("m", 0, "None"), 400, "invalid_version");
        await RefusedAsync("versions", Version("m", 1_000_000_001, "None"), 400, "invalid_version");
        await RefusedAsync("versions", Version("m", 1, "Live"), 400, "INVALID_PARAMETER_VALUE");
        await RefusedAsync("versions", Version("m", 1, "None", "file:///etc"), 404, "RESOURCE_DOES_NOT_EXIST");
        await RefusedAsync("versions", Version("m", 1, "None", "s3://b/../x"), 400, "INVALID_PARAMETER_VALUE");
        await RefusedAsync("versions", Version("none", 1, "None"), 404, "RESOURCE_DOES_NOT_EXIST");
        await RefusedAsync("aliases", new { source = Source, model = "m", aliases = new { a = 9 } }, 404, "version_not_found");
        await RefusedAsync("aliases", new { source = Source, model = "m", aliases = new { latest = 1 } }, 400, "INVALID_PARAMETER_VALUE");
        await VersionAsync("m", 4, "None");
        await registry.DeleteAsync("/model-versions/delete", new { name = "m", version = "4" });
        await RefusedAsync("versions", Version("m", 4, "None"), 409, "version_deleted");
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    private static object Model(string name, string? sourceName = null) => new
    {
        source = Source, sourceName, name, description = "a model", creationTimestamp = 1000, lastUpdatedTimestamp = 2000, tags = new { team = "risk" },
    };

    private static object Version(string model, int version, string stage, string? location = null) => new
    {
        source = Source, model, version, stage, location = location ?? $"s3://b/{version}", runId = $"r{version}", description = "a version",
        creationTimestamp = 3000, lastUpdatedTimestamp = 4000, tags = new { k = "v" },
    };

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private Task<JsonElement> ModelAsync(string name, string? sourceName = null) => registry.PostAsync($"{Api}/models", Model(name, sourceName));

    private Task<JsonElement> VersionAsync(string model, int version, string stage) => registry.PostAsync($"{Api}/versions", Version(model, version, stage));

    private Task<JsonElement> AliasesAsync(string model, object aliases) => registry.PostAsync($"{Api}/aliases", new { source = Source, model, aliases });

    private async Task RefusedAsync(string path, object body, int status, string code)
    {
        var (actual, problem) = await registry.SendAsync(HttpMethod.Post, $"{Api}/{path}", body);
        Assert.Equal((status, code), ((int)actual, problem.GetProperty("code").GetString()));
    }

    private async Task<long> SequenceAsync(string aggregate)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        return (await db.Database.SqlQuery<long>($"SELECT last AS \"Value\" FROM aggregate_sequences WHERE aggregate = {aggregate}").ToListAsync()).Single();
    }
}
