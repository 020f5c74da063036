using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.AllInOne;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Upgrades;

/// <summary>A database as the first version left it, with rows that version wrote, is brought up to date at a start.</summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-upgrade-");

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task What_the_first_version_wrote_is_found_charted_and_written_on_by_this_one(string provider)
    {
        var settings = await SettingsAsync(provider);
        await using (var old = Build(settings, migrate: false))
        {
            await MigrateToFirstAsync<TrackerDb>(old, provider);
            await MigrateToFirstAsync<RegistryDb>(old, provider);
            await SeedAsync(old);
        }

        await using var app = Build(settings, migrate: true);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        http.BaseAddress = new Uri(app.Urls.First());
        var found = await PostAsync(http, "runs/search", new { experiment_ids = new[] { "1" }, filter = "params.lr = '0.1' AND metrics.loss < 3000" });
        Assert.Equal("old", found.GetProperty("runs")[0].GetProperty("info").GetProperty("run_id").GetString());
        Assert.Equal(2000, await CountAsync(http));
        await PostAsync(http, "runs/log-batch", new
        {
            run_id = "old",
            metrics = new[] { new { key = "loss", value = 5, timestamp = 3, step = 3 }, new { key = "loss", value = 6, timestamp = 9000, step = 9000 } },
        });
        Assert.Equal(2002, await CountAsync(http));
        await PostAsync(http, "runs/update", new { run_id = "old", status = "FINISHED" });
        await Until.TrueAsync(async () => (await http.GetStringAsync("/metrics")).Contains("mlops_tracker_metric_chunks_added_total 2", StringComparison.Ordinal));
        Assert.Equal(2002, await CountAsync(http));
        var history = await http.GetFromJsonAsync<JsonElement>("/api/v1/registry/models/fraud/history");
        Assert.Equal("2", history.GetProperty("entries")[0].GetProperty("to").GetString());
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<Dictionary<string, string?>> SettingsAsync(string provider)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Storage:DataFolder"] = folder.FullName,
            ["Storage:Provider"] = provider,
        };
        if (provider == "Postgres")
        {
            var server = await Require.PostgresAsync();
            settings["Storage:Postgres"] = await server.CreateDatabasesAsync($"u{Guid.CreateVersion7():N}", "access", "tracker", "registry");
        }

        return settings;
    }

    private static WebApplication Build(Dictionary<string, string?> settings, bool migrate) => PlaneHost.Build(
        new CommandLine("serve", null, new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase) { ["Storage:MigrateAtStart"] = migrate ? "true" : "false" }),
        new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules);

    private static async Task MigrateToFirstAsync<TDb>(WebApplication app, string provider) where TDb : PlaneDb
    {
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TDb>().GetService<Microsoft.EntityFrameworkCore.Migrations.IMigrator>().MigrateAsync(provider + "Initial");
    }

    private static async Task SeedAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TrackerDb>().Database.ExecuteSqlRawAsync("""
            INSERT INTO workspaces (name) VALUES ('default');
            INSERT INTO experiments (workspace_id, experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
              VALUES (1, 0, 'Default', 'mlflow-artifacts:/0', 'active', 1, 1), (1, 1, 'churn', 'mlflow-artifacts:/1', 'active', 1, 1);
            INSERT INTO experiment_counters (workspace_id, last) VALUES (1, 1);
            INSERT INTO runs (workspace_id, run_id, experiment_key, name, user_id, status, start_time, artifact_uri, lifecycle_stage)
              VALUES (1, 'old', 2, 'old', '', 'RUNNING', 1, 'mlflow-artifacts:/1/old/artifacts', 'active');
            INSERT INTO params (run_key, experiment_key, key, value) VALUES (1, 2, 'lr', '0.1');
            WITH RECURSIVE steps (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM steps WHERE n < 1999)
              INSERT INTO metrics (run_key, key, timestamp, step, value, is_nan) SELECT 1, 'loss', n, n, n, FALSE FROM steps;
            INSERT INTO latest_metrics (run_key, experiment_key, key, timestamp, step, value, is_nan) VALUES (1, 2, 'loss', 1999, 1999, 1999, FALSE);
            """);
        await scope.ServiceProvider.GetRequiredService<RegistryDb>().Database.ExecuteSqlRawAsync("""
            INSERT INTO workspaces (name) VALUES ('default');
            INSERT INTO history (workspace_id, model_key, model, kind, alias, from_value, to_value, occurred_at) VALUES (1, 7, 'fraud', 'alias', 'champion', '1', '2', 1);
            """);
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task<long> CountAsync(HttpClient http) =>
        (await http.GetFromJsonAsync<JsonElement>("/api/v1/tracking/runs/old/histories?metric=loss&buckets=100")).GetProperty("histories")[0]
            .GetProperty("buckets").EnumerateArray().Sum(bucket => bucket.GetProperty("count").GetInt64());
}
