using System.Diagnostics;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Clients;

/// <summary>A client of MLflow's API that others wrote for Node, unmodified, against both databases.</summary>
public sealed class NodeClientTests(AllInOneOnSqlite sqlite, AllInOneOnPostgres postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_npm_client_of_mlflow_logs_finds_deletes_and_restores_a_run(bool onPostgres)
    {
        var plane = onPostgres ? (PlaneFixture)postgres : sqlite;
        var seen = await RunAsync($"{plane.Address}w/{PlaneFixture.FreshWorkspace()}");
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

    private static async Task<JsonElement> RunAsync(string endpoint)
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
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return JsonSerializer.Deserialize<JsonElement>(output.TrimEnd().Split('\n')[^1]);
    }
}
