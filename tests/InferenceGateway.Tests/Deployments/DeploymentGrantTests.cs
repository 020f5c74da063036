using System.Net;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Deployments;

public sealed class DeploymentGrantTests(GuardedOnSqlite plane)
{
    [Fact]
    public async Task A_reader_looks_and_changes_nothing()
    {
        using var admin = await AdminAsync();
        using var reader = new DeploymentClient(await plane.WithRoleAsync(admin.Workspace, "reader"), admin.Workspace);
        Assert.Equal("m", (await reader.GetAsync("/m")).GetProperty("name").GetString());
        Assert.Single((await reader.GetAsync("")).GetProperty("deployments").EnumerateArray());
        await reader.GetAsync("/m/status");
        await reader.GetAsync("/m/events");
        await reader.RefusedAsync(HttpMethod.Post, "", new { model = "models:/m/1", name = "n" }, HttpStatusCode.Forbidden, "permission_denied");
        await reader.RefusedAsync(HttpMethod.Post, "?dryRun=true", new { model = "models:/m/1", name = "n" }, HttpStatusCode.Forbidden, "permission_denied");
        await reader.RefusedAsync(HttpMethod.Patch, "/m", new { instances = 2 }, HttpStatusCode.Forbidden, "permission_denied");
        await reader.RefusedAsync(HttpMethod.Delete, "/m", null, HttpStatusCode.Forbidden, "permission_denied");
        await reader.RefusedAsync(HttpMethod.Post, "/m/rollback", new { }, HttpStatusCode.Forbidden, "permission_denied");
        using var stranger = new DeploymentClient(await plane.WithRoleAsync(admin.Workspace, role: null), admin.Workspace);
        await stranger.RefusedAsync(HttpMethod.Get, "/m", null, HttpStatusCode.Forbidden, "permission_denied");
        using var caller = new DeploymentClient(await plane.WithRoleAsync(admin.Workspace, "caller"), admin.Workspace);
        await caller.RefusedAsync(HttpMethod.Get, "", null, HttpStatusCode.Forbidden, "permission_denied");
    }

    [Fact]
    public async Task A_grant_on_names_reaches_no_other_name()
    {
        using var admin = await AdminAsync();
        await admin.CreateAsync(new { model = "models:/m/1", name = "team-1" });
        using var member = new DeploymentClient(await plane.WithRulesAsync(admin.Workspace,
            new(["read", "write"], "deployment", "team-*"), new(["read"], "model")), admin.Workspace);
        Assert.Equal("team-1", Assert.Single((await member.GetAsync("")).GetProperty("deployments").EnumerateArray()).GetProperty("name").GetString());
        await member.CreateAsync(new { model = "models:/m/1", name = "team-2" });
        await member.RefusedAsync(HttpMethod.Post, "", new { model = "models:/m/1" }, HttpStatusCode.Forbidden, "permission_denied", "'m'");
        await member.RefusedAsync(HttpMethod.Get, "/m", null, HttpStatusCode.Forbidden, "permission_denied");
        await member.OkAsync(HttpMethod.Patch, "/team-2", new { instances = 2 });
        await member.RefusedAsync(HttpMethod.Patch, "/m", new { instances = 2 }, HttpStatusCode.Forbidden, "permission_denied");
        Assert.StartsWith("service:", (await member.GetAsync("/team-2")).GetProperty("createdBy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_serves_a_model_that_they_may_not_look_at()
    {
        using var admin = await AdminAsync();
        using var member = new DeploymentClient(await plane.WithRulesAsync(admin.Workspace,
            new(["read", "write"], "deployment"), new(["read"], "model", "other")), admin.Workspace);
        await member.RefusedAsync(HttpMethod.Post, "", new { model = "models:/m/1", name = "n" }, HttpStatusCode.Forbidden, "permission_denied", "lacks 'read' on the model 'm'");
        await member.OkAsync(HttpMethod.Patch, "/m", new { instances = 2 });
        await member.RefusedAsync(HttpMethod.Patch, "/m", new { variants = new[] { new { name = "main", model = "models:/m/2" } } }, HttpStatusCode.Forbidden, "permission_denied", "'m'");
        await member.RefusedAsync(HttpMethod.Post, "/m/rollback", new { variant = "main", version = 2 }, HttpStatusCode.Forbidden, "permission_denied", "'m'");
    }

    /// <summary>A workspace with the model <c>m</c> of two versions and a deployment of its name.</summary>
    private async Task<DeploymentClient> AdminAsync()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var admin = new DeploymentClient(plane.WithKey(plane.AdminKey, workspace), workspace);
        await admin.ModelAsync("m", versions: 2);
        await admin.CreateAsync(new { model = "models:/m/1" });
        return admin;
    }
}
