using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Aliases;

public sealed class HistoryOnSqlite(AllInOneOnSqlite plane) : HistoryTests(plane);

public sealed class HistoryOnPostgres(AllInOneOnPostgres plane) : HistoryTests(plane);

/// <summary>Who moved which alias or stage, when, from what, to what and why.</summary>
public abstract class HistoryTests(PlaneFixture plane) : IDisposable
{
    private const string Champion = "/api/v1/registry/models/m/aliases/champion";
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task Every_move_of_an_alias_or_stage_is_written_down_once_and_newest_first()
    {
        await MakeAsync(2);
        registry.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("ada:secret")));
        registry.Http.DefaultRequestHeaders.Add("X-Plane-Reason", "weekly release");
        await registry.AliasAsync("m", "champion", 1);
        await registry.AliasAsync("m", "champion", 1);
        await registry.AliasAsync("m", "champion", 2);
        await registry.StageAsync("m", 1, "Production");
        await registry.StageAsync("m", 1, "Production");
        await registry.StageAsync("m", 2, "Production", archive: true);
        await registry.DeleteAsync("/model-versions/delete", new { name = "m", version = "2" });
        Assert.Equal(
            [
                "alias champion 2>-", "stage 2 None>Production", "stage 1 Production>Archived", "stage 1 None>Production",
                "alias champion 1>2", "alias champion ->1",
            ],
            await MovesAsync(""));
        Assert.Equal(["alias champion 2>-", "stage 2 None>Production", "alias champion 1>2"], await MovesAsync("?version=2"));
        Assert.Equal(3, (await MovesAsync("?kind=stage")).Length);
        Assert.Empty(await MovesAsync("?alias=other"));
        var newest = (await registry.GetAsync("/api/v1/registry/models/m/history?limit=1")).GetProperty("entries")[0];
        Assert.Equal(("ada", "weekly release"), (newest.GetProperty("actor").GetString(), newest.GetProperty("reason").GetString()));
        Assert.True(TimeProvider.System.GetUtcNow() - newest.GetProperty("occurredAt").GetDateTimeOffset() < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_history_is_paged_follows_a_rename_and_outlives_its_model()
    {
        await MakeAsync(1);
        for (var i = 0; i < 5; i++)
            await registry.AliasAsync("m", $"a{i}", 1);
        var paged = new List<string>();
        var token = "";
        do
        {
            var page = await registry.GetAsync($"/api/v1/registry/models/m/history?limit=2&pageToken={token}");
            paged.AddRange(page.GetProperty("entries").EnumerateArray().Select(Shown));
            token = page.GetProperty("nextPageToken").GetString();
        }
        while (token is not null);
        Assert.Equal(["alias a4 ->1", "alias a3 ->1", "alias a2 ->1", "alias a1 ->1", "alias a0 ->1"], paged);
        await registry.PostAsync("/registered-models/rename", new { name = "m", new_name = "n" });
        Assert.Equal(5, (await MovesAsync("", "n")).Length);
        await registry.DeleteAsync("/registered-models/delete", new { name = "n" });
        Assert.Equal(5, (await MovesAsync("", "n")).Count(move => move.EndsWith("1>-", StringComparison.Ordinal)));
        var (status, problem) = await registry.SendAsync(HttpMethod.Get, "/api/v1/registry/models/never/history");
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (status, problem.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task The_database_itself_refuses_to_change_or_delete_what_was_written_down()
    {
        await MakeAsync(1);
        await registry.AliasAsync("m", "champion", 1);
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var entry = await db.History.AsNoTracking().OrderByDescending(row => row.EntryId).FirstAsync();
        var mine = db.History.Where(row => row.EntryId == entry.EntryId);
        var changed = await Assert.ThrowsAnyAsync<DbException>(() => mine.ExecuteUpdateAsync(set => set.SetProperty(row => row.Actor, "mallory")));
        Assert.Contains("only added to", changed.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<DbException>(() => mine.ExecuteDeleteAsync());
        Assert.Equal(1, await mine.ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, row => row.WorkspaceId)));
        Assert.Equal(entry.Actor, (await mine.AsNoTracking().SingleAsync()).Actor);
    }

    [Fact]
    public async Task Of_many_who_move_an_alias_from_the_same_version_one_wins_and_the_others_get_409()
    {
        await MakeAsync(3);
        var first = await registry.PutAsync(Champion, new { version = 1, expectedVersion = 0, reason = "first" });
        Assert.Equal(JsonValueKind.Null, first.GetProperty("previousVersion").ValueKind);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            registry.SendAsync(HttpMethod.Put, Champion, new { version = 2 + (i % 2), expectedVersion = 1 })));
        Assert.Single(outcomes, outcome => outcome.Status == HttpStatusCode.OK);
        Assert.All(outcomes.Where(outcome => outcome.Status != HttpStatusCode.OK), outcome =>
            Assert.Equal((HttpStatusCode.Conflict, "alias_moved"), (outcome.Status, outcome.Body.GetProperty("code").GetString())));
        Assert.Equal(2, (await MovesAsync("")).Length);
        var (status, _) = await registry.SendAsync(HttpMethod.Delete, Champion + "?expectedVersion=1");
        Assert.Equal(HttpStatusCode.Conflict, status);
        await registry.DeleteAsync(Champion + "?reason=over");
        var (unknown, problem) = await registry.SendAsync(HttpMethod.Put, Champion, new { version = 9 });
        Assert.Equal((HttpStatusCode.NotFound, "version_not_found"), (unknown, problem.GetProperty("code").GetString()));
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Shown(JsonElement entry) =>
        $"{entry.GetProperty("kind")} {(entry.GetProperty("kind").GetString() == "alias" ? entry.GetProperty("alias") : entry.GetProperty("version"))} "
        + $"{entry.GetProperty("from").GetString() ?? "-"}>{entry.GetProperty("to").GetString() ?? "-"}";

    private async Task MakeAsync(int versions)
    {
        await registry.CreateModelAsync("m");
        for (var i = 0; i < versions; i++)
            await registry.CreateVersionAsync("m");
    }

    private async Task<string[]> MovesAsync(string query, string model = "m") =>
        [.. (await registry.GetAsync($"/api/v1/registry/models/{model}/history{query}")).GetProperty("entries").EnumerateArray().Select(Shown)];
}
