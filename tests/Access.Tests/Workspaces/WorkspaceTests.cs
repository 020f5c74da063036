using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Workspaces;

public sealed class WorkspacesOnSqlite(AllInOneOnSqlite plane) : WorkspaceTests(plane);

public sealed class WorkspacesOnPostgres(AllInOneOnPostgres plane) : WorkspaceTests(plane);

public abstract class WorkspaceTests(PlaneFixture plane)
{
    private const string Path = "/api/3.0/mlflow/workspaces";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workspace_is_created_read_changed_and_deleted()
    {
        var name = PlaneFixture.FreshWorkspace();
        var (status, created) = await SendAsync(HttpMethod.Post, Path, new { name, description = "Team A", default_artifact_root = "mlflow-artifacts:/team" });
        Assert.Equal(HttpStatusCode.Created, status);
        var expected = $$$"""{"workspace":{"name":"{{{name}}}","description":"Team A","default_artifact_root":"mlflow-artifacts:/team"}}""";
        Assert.Equal(expected, created.GetRawText());
        Assert.Equal(expected, (await SendAsync(HttpMethod.Get, $"{Path}/{name}")).Body.GetRawText());
        var listed = (await SendAsync(HttpMethod.Get, Path)).Body.GetProperty("workspaces").EnumerateArray().Select(w => w.GetProperty("name").GetString()).ToList();
        Assert.Contains(name, listed);
        Assert.Contains("default", listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);

        var changed = (await SendAsync(HttpMethod.Patch, $"{Path}/{name}", new { description = "", default_artifact_root = " " })).Body;
        Assert.Equal($$$"""{"workspace":{"name":"{{{name}}}","description":""}}""", changed.GetRawText());

        using var deleted = await plane.Client.DeleteAsync($"{Path}/{name}", Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await deleted.Content.ReadAsByteArrayAsync(Ct));
        await FailsAsync(HttpMethod.Get, $"{Path}/{name}", null, 404, "RESOURCE_DOES_NOT_EXIST", $"Workspace '{name}' not found");
    }

    [Fact]
    public async Task The_page_prefix_answers_as_well()
    {
        var (status, body) = await SendAsync(HttpMethod.Get, "/ajax-api/3.0/mlflow/workspaces/default");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("default", body.GetProperty("workspace").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_taken_name_is_refused()
    {
        var name = PlaneFixture.FreshWorkspace();
        await SendAsync(HttpMethod.Post, Path, new { name });
        await FailsAsync(HttpMethod.Post, Path, new { name }, 400, "RESOURCE_ALREADY_EXISTS", $"Workspace '{name}' already exists.");
    }

    [Theory]
    [InlineData("t", "Workspace name 't' must be between 2 and 63 characters.")]
    [InlineData("Team-A", "must match the pattern")]
    [InlineData("team_a", "must match the pattern")]
    [InlineData("-team", "must match the pattern")]
    [InlineData("team-", "must match the pattern")]
    [InlineData("team--a", "must match the pattern ^(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$ (lowercase alphanumeric with optional internal hyphens).")]
    [InlineData("team a", "must match the pattern")]
    [InlineData("workspaces", "Workspace name 'workspaces' is reserved and cannot be used.")]
    [InlineData("api", "Workspace name 'api' is reserved and cannot be used.")]
    public async Task A_name_that_breaks_a_rule_is_refused_wherever_it_stands(string name, string message)
    {
        Assert.Contains(message, await FailsAsync(HttpMethod.Post, Path, new { name }, 400, "INVALID_PARAMETER_VALUE"), StringComparison.Ordinal);
        var address = $"{Path}/{Uri.EscapeDataString(name)}";
        Assert.Contains(message, await FailsAsync(HttpMethod.Get, address, null, 400, "INVALID_PARAMETER_VALUE"), StringComparison.Ordinal);
        Assert.Contains(message, await FailsAsync(HttpMethod.Patch, address, new { description = "x" }, 400, "INVALID_PARAMETER_VALUE"), StringComparison.Ordinal);
        Assert.Contains(message, await FailsAsync(HttpMethod.Delete, address, null, 400, "INVALID_PARAMETER_VALUE"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_required_and_bounded()
    {
        await FailsAsync(HttpMethod.Post, Path, new { }, 400, "INVALID_PARAMETER_VALUE",
            "Missing value for required parameter 'name'. See the API docs for more information about request parameters.");
        Assert.Contains("between 2 and 63", await FailsAsync(HttpMethod.Post, Path, new { name = new string('a', 64) }, 400, "INVALID_PARAMETER_VALUE"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_workspace_is_there_and_stays()
    {
        await FailsAsync(HttpMethod.Post, Path, new { name = "default" }, 400, "INVALID_PARAMETER_VALUE",
            "The 'default' workspace is reserved and cannot be created");
        await FailsAsync(HttpMethod.Delete, $"{Path}/default", null, 400, "INVALID_PARAMETER_VALUE",
            "The 'default' workspace is reserved and cannot be deleted");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Patch, $"{Path}/default", new { description = "Ours" })).Status);
    }

    [Theory]
    [InlineData("team-a")]
    [InlineData("./team-a")]
    [InlineData("C:team-a")]
    public async Task An_artifact_root_is_an_address_or_an_absolute_path(string root) =>
        await FailsAsync(HttpMethod.Post, Path, new { name = PlaneFixture.FreshWorkspace(), default_artifact_root = root }, 400, "INVALID_PARAMETER_VALUE",
            "Invalid value for 'default_artifact_root'. Expected a URI (for example 's3://bucket/prefix' or 'mlflow-artifacts:/prefix') "
            + $"or an absolute path, got '{root}'.");

    [Theory]
    [InlineData("s3://bucket/x#y", "'default_artifact_root' URL can't include fragments or params.")]
    [InlineData("runs:/1/model", "Artifact location cannot be a runs:/ URI. Given: 'runs:/1/model'")]
    [InlineData("s3://bucket/../x", "Invalid path")]
    [InlineData("s3://bucket/%252e%252e/x", "Invalid path")]
    public async Task An_artifact_root_that_climbs_is_refused(string root, string message) =>
        await FailsAsync(HttpMethod.Post, Path, new { name = PlaneFixture.FreshWorkspace(), default_artifact_root = root }, 400, "INVALID_PARAMETER_VALUE", message);

    [Fact]
    public async Task An_update_changes_something_of_a_workspace_that_exists()
    {
        await FailsAsync(HttpMethod.Patch, $"{Path}/default", new { }, 400, "INVALID_PARAMETER_VALUE", "Workspace update must have at least one key");
        await FailsAsync(HttpMethod.Patch, $"{Path}/not-there", new { description = "x" }, 404, "RESOURCE_DOES_NOT_EXIST", "Workspace 'not-there' not found");
    }

    [Fact]
    public async Task Deletion_knows_three_modes()
    {
        var name = PlaneFixture.FreshWorkspace();
        await SendAsync(HttpMethod.Post, Path, new { name });
        await FailsAsync(HttpMethod.Delete, $"{Path}/{name}?mode=SOMEHOW", null, 400, "INVALID_PARAMETER_VALUE",
            "Invalid deletion mode 'SOMEHOW'. Must be one of: SET_DEFAULT, CASCADE, RESTRICT");
        await FailsAsync(HttpMethod.Delete, $"{Path}/not-there", null, 404, "RESOURCE_DOES_NOT_EXIST", "Workspace 'not-there' not found");
        using var deleted = await plane.Client.DeleteAsync($"{Path}/{name}?mode=SET_DEFAULT", Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task A_workspace_with_experiments_goes_by_cascade_and_comes_back_empty()
    {
        var name = PlaneFixture.FreshWorkspace();
        using var team = plane.NewClient(name);
        using (var made = await team.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name = "e" }, Ct))
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        using (var put = await team.PutAsync("/api/2.0/mlflow-artifacts/artifacts/1/x.txt", new StringContent("x"), Ct))
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await FailsAsync(HttpMethod.Delete, $"{Path}/{name}", null, 500, "INVALID_STATE",
            $"Cannot delete workspace '{name}': table 'experiments' still contains 1 resource(s). Remove or reassign them before deleting the workspace.");
        using (var deleted = await plane.Client.DeleteAsync($"{Path}/{name}?mode=CASCADE", Ct))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        // Named again, it is made again, and nothing of the old one is in it.
        var found = await team.GetFromJsonAsync<JsonElement>("/api/2.0/mlflow/experiments/search?max_results=10", Ct);
        Assert.Equal(["Default"], found.GetProperty("experiments").EnumerateArray().Select(e => e.GetProperty("name").GetString()));
        Assert.Equal("{}", await team.GetStringAsync("/api/2.0/mlflow-artifacts/artifacts", Ct));
    }

    [Fact]
    public async Task Server_info_says_that_workspaces_are_on_whatever_workspace_is_named()
    {
        using var team = plane.NewClient("never-made-before");
        Assert.Equal("""{"store_type":"SqlStore","workspaces_enabled":true}""", await team.GetStringAsync("/api/3.0/mlflow/server-info", Ct));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"{Path}/never-made-before")).Status);
    }

    [Fact]
    public async Task A_hundred_workspaces_are_made_on_first_use_in_parallel()
    {
        var names = Enumerable.Range(0, 100).Select(_ => PlaneFixture.FreshWorkspace()).ToList();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (name, ct) =>
        {
            // Two first uses at once, by header and by path.
            using var byHeader = plane.NewClient(name);
            var answers = await Task.WhenAll(
                byHeader.GetAsync("/api/2.0/mlflow/experiments/get?experiment_id=0", ct),
                plane.Client.GetAsync($"/w/{name}/api/2.0/mlflow/experiments/get?experiment_id=0", ct));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        });
        var listed = (await SendAsync(HttpMethod.Get, Path)).Body.GetProperty("workspaces").EnumerateArray().Select(w => w.GetProperty("name").GetString()).ToHashSet();
        Assert.Superset(names.ToHashSet<string?>(), listed);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await plane.Client.SendAsync(request, Ct);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }

    private async Task<string> FailsAsync(HttpMethod method, string path, object? body, int status, string code, string? message = null)
    {
        var (answered, error) = await SendAsync(method, path, body);
        var text = error.GetProperty("message").GetString()!;
        Assert.Equal((status, code), ((int)answered, error.GetProperty("error_code").GetString()));
        if (message is not null)
            Assert.Equal(message, text);
        return text;
    }
}
