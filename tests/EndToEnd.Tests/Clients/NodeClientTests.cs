using System.Diagnostics;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Clients;

/// <summary>A client of MLflow's API that others wrote for Node, unmodified, against both databases.</summary>
public sealed class NodeClientTests(AllInOneOnSqlite sqlite, AllInOneOnPostgres postgres, GuardedOnSqlite guarded)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_npm_client_of_mlflow_logs_finds_deletes_and_restores_a_run(bool onPostgres)
    {
        var plane = onPostgres ? (PlaneFixture)postgres : sqlite;
        AssertDay(await RunAsync($"{plane.Address}w/{PlaneFixture.FreshWorkspace()}"));
    }

    [Fact]
    public async Task It_works_with_a_token_and_with_a_name_and_password_and_not_without()
    {
        var (workspace, account) = (PlaneFixture.FreshWorkspace(), await guarded.AddAccountAsync());
        await guarded.GrantAsync(new { subject = account.Subject, workspace, role = "writer" });
        var (withToken, withPassword) = ($"{guarded.Address}w/{workspace}", $"{guarded.Address}w/{workspace}-2");
        await guarded.GrantAsync(new { subject = account.Subject, workspace = workspace + "-2", role = "writer" });
        AssertDay(await RunAsync(withToken, ("MLFLOW_TRACKING_TOKEN", account.Key)));
        AssertDay(await RunAsync(withPassword, ("MLFLOW_TRACKING_USERNAME", "anyone"), ("MLFLOW_TRACKING_PASSWORD", account.Key)));
        foreach (var variables in (IEnumerable<(string, string)[]>)[[], [("MLFLOW_TRACKING_TOKEN", account.Key[..^1] + "_")]])
            Assert.Contains("UNAUTHENTICATED", (await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(withToken, variables))).Message, StringComparison.Ordinal);
    }

    private static void AssertDay(JsonElement seen)
    {
        Assert.Equal("FINISHED", seen.GetProperty("status").GetString());
        Assert.Equal(0.2, seen.GetProperty("loss").GetDouble());
        Assert.Equal("from-node", Assert.Single(seen.GetProperty("found").EnumerateArray()).GetString());
        Assert.Empty(seen.GetProperty("hidden").EnumerateArray());
        Assert.Equal("""["kept=yes","mlflow.runName=from-node"]""", seen.GetProperty("tags").GetRawText());
        Assert.Equal("""["depth=6","lr=0.1"]""", seen.GetProperty("params").GetRawText());
        Assert.Equal("""{"name":"renamed","stage":"active"}""", seen.GetProperty("experiment").GetRawText());
        Assert.Contains("\"status\":404", seen.GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.Contains("RESOURCE_DOES_NOT_EXIST", seen.GetProperty("refusal").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> RunAsync(string endpoint, params (string Name, string Value)[] variables)
    {
        var package = NodePackages.Find("mlflow/package.json");
        if (package is null)
            Require.Missing("the npm package mlflow: run npm ci.");
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "npm-mlflow.cjs");
        var info = new ProcessStartInfo("node", [script, Path.GetDirectoryName(package)!, endpoint])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (variable, value) in variables)
            info.Environment[variable] = value;
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return JsonSerializer.Deserialize<JsonElement>(output.TrimEnd().Split('\n')[^1]);
    }
}
