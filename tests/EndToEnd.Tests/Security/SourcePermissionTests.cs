using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Security;

public sealed class SourcePermissionOnSqlite(GuardedOnSqlite plane) : SourcePermissionTests(plane);

public sealed class SourcePermissionOnPostgres(GuardedOnPostgres plane) : SourcePermissionTests(plane);

/// <summary>A version lets whoever may read its model read the files that its source names.</summary>
public abstract class SourcePermissionTests(GuardedFixture plane)
{
    private const string Registry = "/api/2.0/mlflow/";

    [Fact]
    public async Task Who_may_not_read_experiments_makes_no_version_of_their_files_or_runs()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var writer = await plane.WithRoleAsync(workspace, "writer");
        var info = (await writer.DoneAsync("POST", Registry + "runs/create", new { experiment_id = "0", start_time = 1 })).GetProperty("run").GetProperty("info");
        var (run, root) = (info.Text("run_id"), info.Text("artifact_uri"));
        var logged = (await writer.DoneAsync("POST", Registry + "logged-models", new { experiment_id = "0", name = "m" })).GetProperty("model").GetProperty("info").Text("model_id");
        await writer.DoneAsync("POST", Registry + "registered-models/create", new { name = "m" });

        using var models = await plane.WithRulesAsync(workspace, new GuardedFixture.Rule(["read", "write"], "model"));
        using var someExperiments = await plane.WithRulesAsync(workspace,
            new GuardedFixture.Rule(["read", "write"], "model"), new GuardedFixture.Rule(["read"], "experiment", "mine*"));
        object[] bodies =
        [
            new { name = "m", source = root }, new { name = "m", source = "mlflow-artifacts:/0" }, new { name = "m", source = $"models:/{logged}" },
            new { name = "m", source = "http://127.0.0.1:5000/api/2.0/mlflow-artifacts/artifacts/0" }, new { name = "m", source = "s3://bucket/x", run_id = run },
            new { name = "m", source = "s3://bucket/x", model_id = logged }, new { name = "m", source = "s3://bucket/x", run_id = "no-such-run" },
            new { name = "m", source = root, tags = new[] { new { key = "mlflow.prompt.is_prompt", value = "true" } } },
        ];
        foreach (var body in bodies)
        {
            foreach (var client in (HttpClient[])[models, someExperiments])
            {
                var (status, answer) = await client.CallAsync("POST", Registry + "model-versions/create", body);
                Assert.True(status == 403, $"{body}: {status} {answer}");
                Assert.Equal("PERMISSION_DENIED", answer.Text("error_code"));
            }
        }

        await models.DoneAsync("POST", Registry + "model-versions/create", new { name = "m", source = "s3://bucket/x" });
        await writer.DoneAsync("POST", Registry + "model-versions/create", new { name = "m", source = root, run_id = run });
    }

    [Fact]
    public async Task Who_may_not_read_a_model_makes_no_version_of_its_files()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var writer = await plane.WithRoleAsync(workspace, "writer");
        foreach (var name in (string[])["churn-a", "fraud"])
        {
            await writer.DoneAsync("POST", Registry + "registered-models/create", new { name });
            await writer.DoneAsync("POST", Registry + "model-versions/create", new { name, source = "mlflow-artifacts:/0/x" });
        }

        using var named = await plane.WithRoleAsync(workspace, "writer", "churn-*");
        await named.DoneAsync("POST", Registry + "registered-models/create", new { name = "churn-b" });
        Assert.Equal(403, (await named.CallAsync("POST", Registry + "model-versions/create", new { name = "churn-b", source = "models:/fraud/1" })).Status);
        Assert.Equal(403, (await named.CallAsync("POST", Registry + "model-versions/create", new { name = "churn-b", source = "models:///fraud/1" })).Status);
        await named.DoneAsync("POST", Registry + "model-versions/create", new { name = "churn-b", source = "models:/churn-a/1" });
    }
}
