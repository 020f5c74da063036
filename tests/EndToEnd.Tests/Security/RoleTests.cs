using MlopsPlane.Testing.Hosts;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>Each role against each operation, over HTTP. What a role may do is said here once more, apart from the product.</summary>
public sealed class RoleTests(GuardedOnSqlite plane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string?, Verbs> Roles => new()
    {
        { "reader", Verbs.Read }, { "caller", Verbs.None }, { "writer", Verbs.Read | Verbs.Write | Verbs.Infer },
        { "approver", Verbs.Read | Verbs.Approve }, { "admin", Verbs.Read | Verbs.Write | Verbs.Infer | Verbs.Approve | Verbs.Admin }, { null, Verbs.None },
    };

    [Fact]
    public void Every_endpoint_says_what_it_asks_of_its_callers() =>
        Assert.Empty(EveryOperation.Of(plane).Where(operation => operation.Policy is null).Select(operation => operation.ToString()));

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_of_one_workspace_may_do_what_it_says_there_and_nothing_beyond(string? role, Verbs verbs)
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var client = await plane.WithRoleAsync(workspace, role);
        var faults = new List<string>();
        foreach (var operation in EveryOperation.Of(plane))
        {
            var policy = operation.Policy!;
            // What the address names as workspace is not the caller's own.
            var reaches = !policy.InAllWorkspaces && policy.WorkspaceIn is null && May(role, verbs, operation);
            await JudgeAsync(client, operation, reaches, faults);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_of_all_workspaces_may_do_what_it_says_everywhere(string? role, Verbs verbs)
    {
        using var client = await plane.WithRoleAsync("*", role);
        client.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", PlaneFixture.FreshWorkspace());
        var faults = new List<string>();
        foreach (var operation in EveryOperation.Of(plane))
            await JudgeAsync(client, operation, May(role, verbs, operation), faults);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static bool May(string? role, Verbs verbs, Operation operation)
    {
        var policy = operation.Policy!;
        // Anybody may ask for the list, but not while working in a workspace where they have no business.
        if (operation.Name.StartsWith("access.ListWorkspaces", StringComparison.Ordinal))
            return role is not null;
        if (ReferenceEquals(policy, AccessPolicy.Peers))
            return false;
        if (ReferenceEquals(policy, AccessPolicy.Anyone) || ReferenceEquals(policy, AccessPolicy.Public))
            return true;
        return verbs.HasFlag(policy.Verb) || (role == "caller" && policy.Verb == Verbs.Infer && policy.Kind == ResourceKind.Deployment);
    }

    private static async Task JudgeAsync(HttpClient client, Operation operation, bool allowed, List<string> faults)
    {
        using var answer = await operation.SendAsync(client, Ct);
        var status = operation.StatusOf(answer);
        // Those that judge by what they are asked for have tests of their own.
        var asExpected = ReferenceEquals(operation.Policy, AccessPolicy.Judged) ? status is not (401 or 500)
            : allowed ? status is not (401 or 403 or 500) : status == 403;
        if (!asExpected)
            faults.Add($"{operation}: {status}, expected {(allowed ? "allowed" : "403")}");
    }
}
