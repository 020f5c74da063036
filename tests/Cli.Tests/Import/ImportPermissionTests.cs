using System.Text.Json;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Import;

/// <summary>Who may import what, over a server that asks for keys.</summary>
public sealed class ImportPermissionTests(GuardedOnSqlite server, OtherServer other) : CliTest(server)
{
    private readonly string there = PlaneFixture.FreshWorkspace();

    [Fact]
    public async Task A_writer_imports_runs_and_only_an_administrator_models()
    {
        using var source = other.NewClient(there);
        using var made = await source.PostAsync("/api/2.0/mlflow/experiments/create", new StringContent("""{"name": "alpha"}""", System.Text.Encoding.UTF8, "application/json"));
        using var model = await source.PostAsync("/api/2.0/mlflow/registered-models/create", new StringContent("""{"name": "net"}""", System.Text.Encoding.UTF8, "application/json"));
        string[] import = ["import", "mlflow", $"{other.Address.AbsoluteUri.TrimEnd('/')}/w/{there}", "--output", "json"];
        await StatusAsync("reader", 4, import);
        await StatusAsync("writer", 0, [.. import, "--models", "none"]);
        await StatusAsync("writer", 4, import);
        await StatusAsync("admin", 0, import);
        using var found = await Http.GetAsync("/api/2.0/mlflow/registered-models/get?name=net");
        Assert.Equal("net", JsonElement.Parse(await found.Content.ReadAsStringAsync()).GetProperty("registered_model").GetProperty("name").GetString());
    }

    private async Task StatusAsync(string role, int status, string[] arguments)
    {
        var account = await server.AddAccountAsync();
        await server.GrantAsync(new { subject = account.Subject, workspace = Workspace, role });
        var run = await NewPlane(account.Key).RunAsync(arguments);
        Assert.True(run.Status == status, $"{role}: {run.Status} {run.Errors}");
        Assert.DoesNotContain(account.Key, run.Output + run.Errors, StringComparison.Ordinal);
    }
}
