using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Workspaces;

/// <summary>A host where workspaces are made by an administrator only.</summary>
public sealed class StrictPlane : AllInOneOnSqlite
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Workspaces:AutoCreate", "false")];
}

public sealed class StrictWorkspaceTests(StrictPlane plane) : IClassFixture<StrictPlane>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/2.0/mlflow/experiments/get?experiment_id=0")]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts")]
    [InlineData("/api/2.0/mlflow/registered-models/search")]
    [InlineData("/api/3.0/mlflow/workspaces")]
    public async Task A_workspace_that_nobody_made_is_not_found(string path)
    {
        using var team = plane.NewClient("team-unknown");
        foreach (var client in new[] { (team, path), (plane.Client, "/w/team-unknown" + path) })
        {
            using var response = await client.Item1.GetAsync(client.Item2, Ct);
            var error = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("RESOURCE_DOES_NOT_EXIST", error.GetProperty("error_code").GetString());
            Assert.Equal("Workspace 'team-unknown' not found", error.GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task Nothing_is_stored_for_a_workspace_that_does_not_exist()
    {
        using var team = plane.NewClient("team-unknown");
        using var put = await team.PutAsync("/api/2.0/mlflow-artifacts/artifacts/x.txt", new StringContent("x"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
        Assert.False(Directory.Exists(Path.Combine(plane.DataFolder, "artifacts/workspaces")));
    }

    [Fact]
    public async Task A_workspace_that_was_made_is_used_at_once()
    {
        using var made = await plane.Client.PostAsJsonAsync("/api/3.0/mlflow/workspaces", new { name = "team-made" }, Ct);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var answer = await plane.Client.GetAsync("/w/team-made/api/2.0/mlflow/experiments/get?experiment_id=0", Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
