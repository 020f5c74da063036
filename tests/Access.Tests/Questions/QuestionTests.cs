using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Questions;

public sealed class QuestionsOnSqlite(GuardedOnSqlite plane) : QuestionTests(plane);

public sealed class QuestionsOnPostgres(GuardedOnPostgres plane) : QuestionTests(plane);

public abstract class QuestionTests(GuardedFixture plane)
{
    private static readonly HttpMethod Get = HttpMethod.Get;

    [Fact]
    public async Task What_a_key_may_do_is_told_rule_by_rule_with_where_it_comes_from()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace, role = "caller", name = "churn*" });
        foreach (var question in (string[])[$"key={account.KeyId}", $"key={account.Key[..14]}", $"subject={account.Subject}"])
        {
            var answer = await plane.Admin.ReadAsync($"permissions?{question}");
            Assert.True(answer.GetProperty("good").GetBoolean());
            Assert.Equal(account.Subject, answer.Text("subject"));
            Assert.Equal(
                $$"""{"effect":"allow","verbs":["infer"],"workspace":"{{workspace}}","kind":"deployment","name":"churn*","via":"{{account.Subject}} as caller"}""",
                Assert.Single(answer.GetProperty("rules").EnumerateArray()).GetRawText());
        }

        await plane.Admin.DoneAsync(HttpMethod.Delete, $"keys/{account.KeyId}");
        var revoked = await plane.Admin.ReadAsync($"permissions?key={account.KeyId}");
        Assert.Equal((false, "The key is revoked."), (revoked.GetProperty("good").GetBoolean(), revoked.Text("whyNot")));
        await plane.Admin.DoneAsync(HttpMethod.Patch, $"service-accounts/{account.Name}", new { disabled = true });
        Assert.False((await plane.Admin.ReadAsync($"permissions?subject={account.Subject}")).GetProperty("good").GetBoolean());
    }

    [Fact]
    public async Task What_a_person_of_the_identity_provider_may_do_by_their_groups_is_told_without_a_member_of_that_name()
    {
        var group = $"/teams/{Guid.CreateVersion7():N}";
        await plane.GrantAsync(new { subject = $"group:{group}", workspace = "*", role = "writer" });
        var answer = await plane.Admin.ReadAsync($"permissions?subject=user:unseen&group={Uri.EscapeDataString(group)}&group=other");
        Assert.Equal($"group:{group} as writer", Assert.Single(answer.GetProperty("rules").EnumerateArray()).Text("via"));
        Assert.Single((await plane.Admin.ReadAsync($"permissions?subject={Uri.EscapeDataString($"group:{group}")}")).GetProperty("rules").EnumerateArray());
    }

    [Theory]
    [InlineData("", 400, "key_or_subject")]
    [InlineData("key=a&subject=user:b", 400, "key_or_subject")]
    [InlineData("key=nothing", 404, "key_not_found")]
    [InlineData("subject=nothing", 400, "invalid_subject")]
    [InlineData("subject=user:unseen", 404, "member_not_found")]
    [InlineData("subject=service:unseen&group=x", 404, "member_not_found")]
    [InlineData("subject=user:unseen&group=a%2A", 400, "invalid_name")]
    [InlineData("subject=user:unseen&group=a%00", 400, "invalid_text")]
    [InlineData("key=%00", 400, "invalid_text")]
    public async Task A_question_that_is_none_is_refused(string query, int status, string code) =>
        await plane.Admin.RefusedAsync(Get, $"permissions?{query}", null, status, code);

    [Fact]
    public async Task Who_may_do_something_is_told_with_the_rules_and_without_those_who_are_shut_out()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var (writer, reader, denied, shut, named) = (await plane.AddAccountAsync(), await plane.AddAccountAsync(), await plane.AddAccountAsync(),
            await plane.AddAccountAsync(), await plane.AddAccountAsync());
        var group = $"group:{Guid.CreateVersion7():N}";
        foreach (var subject in (string[])[writer.Subject, denied.Subject, shut.Subject, group])
            await plane.GrantAsync(new { subject, workspace, role = "writer" });
        await plane.GrantAsync(new { subject = reader.Subject, workspace, role = "reader" });
        await plane.GrantAsync(new { subject = denied.Subject, workspace, effect = "deny", verbs = new[] { "write" }, kind = "model", name = "churn*" });
        await plane.GrantAsync(new { subject = named.Subject, workspace, role = "writer", name = "churn-7" });
        await plane.Admin.DoneAsync(HttpMethod.Patch, $"service-accounts/{shut.Name}", new { disabled = true });

        Assert.Equal(Sorted(writer.Subject, group, "service:admin"), await WhoAsync($"verb=write&kind=model&workspace={workspace}&name=churn-1"));
        Assert.Equal(Sorted(writer.Subject, group, named.Subject, "service:admin"), await WhoAsync($"verb=write&kind=model&workspace={workspace}&name=churn-7"));
        Assert.Equal(Sorted(writer.Subject, group, denied.Subject, "service:admin"), await WhoAsync($"verb=write&kind=model&workspace={workspace}&name=fraud"));
        // Without a name: on some at least, with the rules that take something from it.
        Assert.Equal(Sorted(writer.Subject, group, denied.Subject, named.Subject, "service:admin"), await WhoAsync($"verb=write&kind=model&workspace={workspace}"));
        Assert.Equal(Sorted(writer.Subject, group, denied.Subject, named.Subject, reader.Subject, "service:admin"), await WhoAsync($"verb=read&kind=model&workspace={workspace}"));
        Assert.DoesNotContain(writer.Subject, await WhoAsync("verb=write&kind=model"));

        var entry = (await plane.Admin.ReadAsync($"who-may?verb=write&kind=model&workspace={workspace}")).GetProperty("allowed").EnumerateArray()
            .Single(one => one.Text("subject") == denied.Subject);
        Assert.Equal(["allow", "deny"], entry.GetProperty("by").EnumerateArray().Select(rule => rule.Text("effect")).Order());
    }

    [Theory]
    [InlineData("kind=model", "invalid_verbs")]
    [InlineData("verb=fly&kind=model", "invalid_verbs")]
    [InlineData("verb=read", "invalid_kind")]
    [InlineData("verb=read&kind=cat", "invalid_kind")]
    [InlineData("verb=read&kind=model&name=%07", "invalid_pattern")]
    [InlineData("verb=read&kind=model&workspace=", "invalid_pattern")]
    public async Task Who_may_refuses_what_is_no_question(string query, string code) =>
        await plane.Admin.RefusedAsync(Get, $"who-may?{query}", null, 400, code);

    [Fact]
    public async Task Workspaces_are_listed_for_whom_something_is_allowed_there_and_no_other()
    {
        var (mine, other, denied) = (PlaneFixture.FreshWorkspace(), PlaneFixture.FreshWorkspace(), PlaneFixture.FreshWorkspace());
        foreach (var name in (string[])[mine, other, denied])
            await plane.Admin.PostAsync("/api/3.0/mlflow/workspaces", new { name });
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace = mine, role = "caller", name = "churn" });
        await plane.GrantAsync(new { subject = account.Subject, workspace = denied, role = "reader" });
        await plane.GrantAsync(new { subject = account.Subject, workspace = denied, effect = "deny", verbs = new[] { "*" }, kind = "*" });
        using var client = plane.WithKey(account.Key);
        Assert.Equal([mine], await WorkspacesAsync(client));
        Assert.Superset(new HashSet<string> { mine, other, denied, "default" }, (await WorkspacesAsync(plane.Admin)).ToHashSet());
        await client.RefusedAsync(Get, $"/api/3.0/mlflow/workspaces/{other}", null, 403);
        await client.RefusedAsync(Get, $"/api/3.0/mlflow/workspaces/{denied}", null, 403);
    }

    private static async Task<List<string>> WorkspacesAsync(HttpClient client) =>
        [.. (await client.ReadAsync("/api/3.0/mlflow/workspaces")).GetProperty("workspaces").EnumerateArray().Select(one => one.Text("name"))];

    /// <summary>Without those to whom other tests gave something everywhere.</summary>
    private async Task<IEnumerable<string>> WhoAsync(string query)
    {
        var everywhere = (await plane.Admin.AllAsync("grants?workspace=*", "grants", 1000)).Select(grant => grant.Text("subject")).ToHashSet(StringComparer.Ordinal);
        everywhere.Remove("service:admin");
        var allowed = (await plane.Admin.ReadAsync($"who-may?{query}")).GetProperty("allowed").EnumerateArray().Select(one => one.Text("subject")).ToList();
        // Asked again, since one may have got theirs in between.
        everywhere.UnionWith((await plane.Admin.AllAsync("grants?workspace=*", "grants", 1000)).Select(grant => grant.Text("subject")).Where(subject => subject != "service:admin"));
        return allowed.Where(subject => !everywhere.Contains(subject)).Order(StringComparer.Ordinal).ToList();
    }

    private static IEnumerable<string> Sorted(params string[] subjects) => subjects.Order(StringComparer.Ordinal);
}
