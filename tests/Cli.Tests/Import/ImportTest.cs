using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

[assembly: AssemblyFixture(typeof(MlopsPlane.Cli.Tests.Import.OtherServer))]
[assembly: AssemblyFixture(typeof(AllInOneOnPostgres))]

namespace MlopsPlane.Cli.Tests.Import;

/// <summary>A second server, from which is imported.</summary>
public sealed class OtherServer : AllInOneOnSqlite;

/// <summary>Imports from a workspace of the other server into the test's workspace of this one.</summary>
public abstract class ImportTest(PlaneFixture server, OtherServer other) : CliTest(server)
{
    private readonly string there = PlaneFixture.FreshWorkspace();
    private HttpClient? source;

    /// <summary>The other server's workspace as MLflow's clients address it.</summary>
    protected string SourceUrl => $"{other.Address.AbsoluteUri.TrimEnd('/')}/w/{there}";

    protected HttpClient Source => source ??= other.NewClient(there);

    protected string SourceWorkspace => there;

    /// <summary>Runs the import; its report.</summary>
    protected async Task<JsonElement> ImportAsync(int status, params string[] arguments) => await ImportFromAsync(SourceUrl, status, arguments);

    protected async Task<JsonElement> ImportFromAsync(string from, int status, params string[] arguments)
    {
        var run = await Plane.RunAsync(["import", "mlflow", from, "--output", "json", .. arguments]);
        Assert.True(run.Status == status, $"The import ended with {run.Status}: {run.Errors}{run.Output}");
        return JsonElement.Parse(run.Output);
    }

    /// <summary>Posts to MLflow's API of the other server.</summary>
    protected Task<JsonElement> ThereAsync(string path, object body) => PostAsync(Source, path, body);

    protected static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    protected async Task<string> RunThereAsync(string experiment, string name, string? parent = null)
    {
        object[] tags = parent is null ? [] : [new { key = "mlflow.parentRunId", value = parent }];
        var made = await ThereAsync("runs/create", new { experiment_id = experiment, run_name = name, user_id = "ann", start_time = 1_700_000_000_123, tags });
        return made.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
    }

    protected async Task<string> ExperimentThereAsync(string name) =>
        (await ThereAsync("experiments/create", new { name })).GetProperty("experiment_id").GetString()!;

    /// <summary>An artifact of a run, by its address below the artifact root.</summary>
    protected static async Task UploadAsync(HttpClient http, string artifactUri, string path, byte[] content)
    {
        using var body = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var answer = await http.PutAsync($"/api/2.0/mlflow-artifacts/artifacts{new Uri(artifactUri).AbsolutePath}/{path}", body);
        answer.EnsureSuccessStatusCode();
    }

    protected async Task<JsonElement> RunHereAsync(string id) => await GetAsync($"runs/get?run_id={id}");

    protected async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Http.GetAsync($"/api/2.0/mlflow/{path}");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonElement.Parse(text);
    }

    protected static IReadOnlyDictionary<string, long> Counts(JsonElement report) => report.GetProperty("kinds").EnumerateArray()
        .ToDictionary(kind => kind.GetProperty("kind").GetString()!, kind => kind.GetProperty("destination").GetProperty("count").GetInt64());

    /// <summary>Entries of one of the report's lists, as text.</summary>
    protected static string Entries(JsonElement report, string list) => report.GetProperty(list).GetProperty("entries").GetRawText();
}
