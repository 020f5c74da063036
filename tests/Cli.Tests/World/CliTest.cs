using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.World;

/// <summary>A test of commands against a real server; each has a home, a workspace and names of its own.</summary>
public abstract class CliTest : IDisposable
{
    private readonly List<PlaneCli> made = [];
    private readonly PlaneFixture server;

    protected CliTest(PlaneFixture server)
    {
        this.server = server;
        Http = server is GuardedFixture guarded ? guarded.WithKey(guarded.AdminKey, Workspace) : server.NewClient(Workspace);
        Plane = NewPlane(server is GuardedFixture keeper ? keeper.AdminKey : null);
    }

    /// <summary>The command line of an administrator, in the test's workspace.</summary>
    protected PlaneCli Plane { get; }

    protected string Workspace { get; } = PlaneFixture.FreshWorkspace();

    protected string Url => server.Address.AbsoluteUri.TrimEnd('/');

    /// <summary>The server without the command line, in the test's workspace.</summary>
    protected HttpClient Http { get; }

    /// <summary>A name that no other test uses.</summary>
    protected static string Fresh(string stem) => $"{stem}-{Guid.CreateVersion7():N}";

    /// <summary>The command line of somebody else.</summary>
    protected PlaneCli NewPlane(string? key)
    {
        var plane = new PlaneCli().With("PLANE_URL", Url).With("PLANE_WORKSPACE", Workspace);
        if (key is not null)
            plane.With("PLANE_KEY", key);
        made.Add(plane);
        return plane;
    }

    /// <summary>Posts to MLflow's API.</summary>
    protected async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    protected async Task<string> NewExperimentAsync(string name) => (await PostAsync("experiments/create", new { name })).GetProperty("experiment_id").GetString()!;

    protected async Task<string> NewRunAsync(string experimentId = "0", string? name = null) =>
        (await PostAsync("runs/create", new { experiment_id = experimentId, run_name = name, start_time = 1_700_000_000_000 })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;

    /// <summary>A model with some versions.</summary>
    protected async Task NewModelAsync(string name, int versions)
    {
        await PostAsync("registered-models/create", new { name });
        for (var i = 0; i < versions; i++)
            await PostAsync("model-versions/create", new { name, source = "runs:/none/model", run_id = "" });
    }

    /// <summary>Expects that a command is refused so.</summary>
    protected static void Refused(PlaneCli.Run run, int status, string code)
    {
        Assert.Equal((status, ""), (run.Status, run.Output));
        Assert.StartsWith("plane: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"({code})", run.Errors, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Http.Dispose();
        foreach (var plane in made)
            plane.Dispose();
        GC.SuppressFinalize(this);
    }
}
