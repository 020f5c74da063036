using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Pages;

/// <summary>The page at / in a real browser, at the addresses that MLflow's client prints.</summary>
public sealed class PageTests(AllInOneOnSqlite plane)
{
    private readonly string workspace = PlaneFixture.FreshWorkspace();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_shown_with_its_params_charts_and_artifacts()
    {
        using var team = plane.NewClient(workspace);
        var run = await RunAsync(team);
        var page = await ShowAsync($"w/{workspace}/#/experiments/0/runs/{run}");
        Assert.Contains("<h1>bright-run</h1>", page, StringComparison.Ordinal);
        Assert.Contains("FINISHED", page, StringComparison.Ordinal);
        // What was logged is text, whatever it looks like.
        Assert.Contains("<td>&lt;img src=x onerror=alert(1)&gt;</td>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>loss</strong>", page, StringComparison.Ordinal);
        Assert.Contains("class=\"series\" d=\"M", page, StringComparison.Ordinal);
        Assert.Contains("notes.txt", page, StringComparison.Ordinal);
        Assert.Contains($">{workspace}<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("role=\"alert\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_lists_its_runs_also_when_the_address_names_the_workspace_in_its_query()
    {
        using var team = plane.NewClient(workspace);
        await RunAsync(team);
        var page = await ShowAsync($"#/experiments/0?workspace={workspace}");
        Assert.Contains("<h1>Default</h1>", page, StringComparison.Ordinal);
        Assert.Contains(">bright-run</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_shows_its_versions_aliases_and_history()
    {
        using var team = plane.NewClient(workspace);
        await PostAsync(team, "registered-models/create", new { name = "fraud model" });
        await PostAsync(team, "model-versions/create", new { name = "fraud model", source = "s3://bucket/model" });
        await PostAsync(team, "registered-models/alias", new { name = "fraud model", alias = "champion", version = "1" });
        var model = await ShowAsync($"w/{workspace}/#/models/fraud%20model");
        Assert.Contains("<h1>fraud model</h1>", model, StringComparison.Ordinal);
        Assert.Contains(">Version 1</a>", model, StringComparison.Ordinal);
        Assert.Contains("<td>@champion</td><td>— → 1</td>", model, StringComparison.Ordinal);
        var version = await ShowAsync($"w/{workspace}/#/models/fraud%20model/versions/1");
        Assert.Contains("s3://bucket/model", version, StringComparison.Ordinal);
        Assert.Contains("@champion", version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_names_what_runs_here_and_a_wrong_address_says_so()
    {
        var start = await ShowAsync("");
        Assert.Contains("access, console, inference, registry, tracker", start, StringComparison.Ordinal);
        Assert.Contains(plane.Address.AbsoluteUri.TrimEnd('/'), start, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", await ShowAsync("#/experiments/999999"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_workspace_has_an_address_that_ends_with_a_slash()
    {
        using var redirected = await plane.Client.GetAsync($"/w/{workspace}?x=1", Ct);
        Assert.Equal(HttpStatusCode.Redirect, redirected.StatusCode);
        Assert.Equal($"/w/{workspace}/?x=1", redirected.Headers.Location!.OriginalString);
        using var page = await plane.Client.GetAsync($"/w/{workspace}/", Ct);
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var script = await plane.Client.GetAsync($"/w/{workspace}/ui/views/run.js", Ct);
        Assert.Equal("text/javascript; charset=utf-8", script.Content.Headers.ContentType!.ToString());
        using var missing = await plane.Client.GetAsync("/ui/none.js", Ct);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_file_that_the_browser_has_is_not_sent_again()
    {
        using var first = await plane.Client.GetAsync("/ui/page.css", Ct);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/ui/page.css");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await plane.Client.SendAsync(again, Ct);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    private static async Task<string> RunAsync(HttpClient team)
    {
        var created = await PostAsync(team, "runs/create", new { experiment_id = "0", run_name = "bright-run", start_time = 1_700_000_000_000 });
        var info = created.GetProperty("run").GetProperty("info");
        var run = info.GetProperty("run_id").GetString()!;
        var metrics = Enumerable.Range(0, 50).Select(step => new { key = "loss", value = 1.0 / (step + 1), timestamp = 1_700_000_000_000 + step, step });
        await PostAsync(team, "runs/log-batch", new { run_id = run, metrics, @params = new[] { new { key = "odd", value = "<img src=x onerror=alert(1)>" } } });
        await PostAsync(team, "runs/update", new { run_id = run, status = "FINISHED", end_time = 1_700_000_090_000 });
        var path = info.GetProperty("artifact_uri").GetString()!["mlflow-artifacts:/".Length..];
        using var put = await team.PutAsync(string.Create(CultureInfo.InvariantCulture, $"/api/2.0/mlflow-artifacts/artifacts/{path}/notes.txt"), new StringContent("x"), Ct);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        return run;
    }

    private static async Task<JsonElement> PostAsync(HttpClient team, string path, object body)
    {
        using var response = await team.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private Task<string> ShowAsync(string path) => Browser.DocumentAsync(new Uri(plane.Address, path), Ct);
}
