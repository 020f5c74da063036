using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Security;

public sealed class OpenStreamTests(GuardedOnSqlite plane)
{
    [Fact]
    public async Task The_tail_of_a_run_ends_when_the_key_that_opened_it_is_revoked()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var writer = await plane.WithRoleAsync(workspace, "writer");
        var run = (await writer.DoneAsync("POST", "/api/2.0/mlflow/runs/create", new { experiment_id = "0" })).GetProperty("run").GetProperty("info").Text("run_id");
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace, role = "reader" });
        using var reader = plane.WithKey(account.Key, workspace);
        await using var events = await reader.GetStreamAsync($"/api/v1/tracking/runs/{run}/metrics/tail");
        var buffer = new byte[4096];
        Assert.NotEqual(0, await events.ReadAsync(buffer));
        using var revoked = await plane.Admin.DeleteAsync($"/api/v1/access/keys/{account.KeyId}");
        Assert.True(revoked.IsSuccessStatusCode);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            while (await events.ReadAsync(buffer, bound.Token) > 0)
            {
            }
        });
    }
}
