using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Grants;

public sealed class NamedGrantsOnSqlite(GuardedOnSqlite plane) : NamedGrantTests(plane);

public sealed class NamedGrantsOnPostgres(GuardedOnPostgres plane) : NamedGrantTests(plane);

/// <summary>Grants on models of some names only, against every operation of the registry.</summary>
public abstract class NamedGrantTests(GuardedFixture plane)
{
    private const string Registry = "/api/2.0/mlflow/";
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;

    private static readonly (HttpMethod Method, string Path, bool Reads)[] Operations =
    [
        (Post, "registered-models/create", false), (Get, "registered-models/get", true), (HttpMethod.Patch, "registered-models/update", false),
        (HttpMethod.Delete, "registered-models/delete", false), (Get, "registered-models/get-latest-versions", true),
        (Post, "registered-models/set-tag", false), (HttpMethod.Delete, "registered-models/delete-tag", false), (Post, "registered-models/alias", false),
        (HttpMethod.Delete, "registered-models/alias", false), (Get, "registered-models/alias", true), (Post, "model-versions/create", false),
        (Get, "model-versions/get", true), (HttpMethod.Patch, "model-versions/update", false), (HttpMethod.Delete, "model-versions/delete", false),
        (Post, "model-versions/transition-stage", false), (Get, "model-versions/get-download-uri", true), (Post, "model-versions/set-tag", false),
        (HttpMethod.Delete, "model-versions/delete-tag", false),
    ];

    [Fact]
    public async Task Every_operation_on_a_model_asks_for_its_name()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var client = await plane.WithRulesAsync(workspace, new GuardedFixture.Rule(["read", "write"], "model", "churn-*"));
        foreach (var (method, path, reads) in Operations)
        {
            foreach (var (name, allowed) in new[] { ("churn-1", true), ("fraud", false), ("Churn-1", false), ("churn", false) })
            {
                var query = reads && method == Get ? $"?name={name}&version=1&alias=a" : "";
                var body = query.Length > 0 ? null : new { name, version = "1", alias = "a", key = "k", value = "v", source = "s3://b/x", stage = "Staging" };
                var (status, _) = await client.CallAsync(method, Registry + path + query, body);
                Assert.True(((int)status != 403) == allowed && (int)status < 500, $"{method} {path} of '{name}': {status}");
            }
        }

        foreach (var path in (string[])["history", "versions/1/content", "versions/1/signature", "versions/1/lineage"])
        {
            Assert.Equal(403, (int)(await client.CallAsync(Get, $"/api/v1/registry/models/fraud/{path}")).Status);
            Assert.NotEqual(403, (int)(await client.CallAsync(Get, $"/api/v1/registry/models/churn-2/{path}")).Status);
        }

        await client.RefusedAsync(Get, "/model-versions/get-artifact?name=fraud&version=1&path=x", null, 403);
        await client.RefusedAsync(HttpMethod.Put, "/api/v1/registry/models/fraud/aliases/a", new { version = 1 }, 403);
        await client.RefusedAsync(HttpMethod.Delete, "/api/v1/registry/models/fraud/aliases/a", null, 403);
    }

    [Fact]
    public async Task A_model_is_neither_renamed_out_of_nor_into_the_names_of_a_grant()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var client = await plane.WithRulesAsync(workspace, new GuardedFixture.Rule(["read", "write"], "model", "churn-*"));
        await client.PostAsync(Registry + "registered-models/create", new { name = "churn-1" });
        await client.RefusedAsync(Post, Registry + "registered-models/rename", new { name = "churn-1", new_name = "fraud" }, 403);
        await client.RefusedAsync(Post, Registry + "registered-models/rename", new { name = "fraud", new_name = "churn-2" }, 403);
        await client.PostAsync(Registry + "registered-models/rename", new { name = "churn-1", new_name = "churn-2" });
        // Of two names in one message the one that is judged is the one that is used.
        await client.RefusedAsync(Post, Registry + "registered-models/set-tag", """{"name":"churn-2","name":"fraud","key":"k","value":"v"}""", 403);
    }

    [Fact]
    public async Task Searches_find_what_may_be_read_and_page_over_nothing_else()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var writer = await plane.WithRoleAsync(workspace, "writer");
        string[] names = ["churn-1", "churn-2", "churn-secret", "CHURN-3", "churn_4", "churnx5", "fraud", "[a]b", "a%b"];
        foreach (var name in names)
        {
            await writer.PostAsync(Registry + "registered-models/create", new { name });
            await writer.PostAsync(Registry + "model-versions/create", new { name, source = "s3://bucket/x" });
        }

        var allow = new GuardedFixture.Rule(["read"], "model", "churn-*");
        await FindsAsync(workspace, ["churn-1", "churn-2", "churn-secret"], allow);
        await FindsAsync(workspace, ["churn-1", "churn-2"], allow, new GuardedFixture.Rule(["*"], "model", "*secret", "deny"));
        await FindsAsync(workspace, [.. names.Where(name => name != "fraud")], new GuardedFixture.Rule(["read"], "*"), new GuardedFixture.Rule(["read"], "model", "fraud", "deny"));
        await FindsAsync(workspace, ["[a]b", "churn_4"], new GuardedFixture.Rule(["read"], "model", "[a]*"), new GuardedFixture.Rule(["read"], "model", "churn_*"));
        await FindsAsync(workspace, ["a%b"], new GuardedFixture.Rule(["read"], "model", "a%*"));
        await FindsAsync(workspace, [], new GuardedFixture.Rule(["read"], "model", "nothing"));
    }

    private async Task FindsAsync(string workspace, string[] expected, params GuardedFixture.Rule[] rules)
    {
        using var client = await plane.WithRulesAsync(workspace, rules);
        Assert.Equal(expected.Order(StringComparer.Ordinal), await AllAsync(client, "registered-models/search", "registered_models"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), await AllAsync(client, "model-versions/search", "model_versions"));
        var found = await client.PostAsync("/api/v1/registry/versions/search", new { });
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.GetProperty("versions").EnumerateArray().Select(one => one.Text("model")).Order(StringComparer.Ordinal));
        Assert.Empty((await client.ReadAsync("/api/v1/registry/lineage?runId=none")).GetProperty("versions").EnumerateArray());
    }

    private static async Task<List<string>> AllAsync(HttpClient client, string path, string list)
    {
        var (found, token) = (new List<string>(), "");
        do
        {
            var page = await client.ReadAsync($"{Registry}{path}?max_results=1&order_by=name&page_token={Uri.EscapeDataString(token)}");
            if (page.TryGetProperty(list, out var entries))
                found.AddRange(entries.EnumerateArray().Select(entry => entry.Text("name")));
            token = page.TryGetProperty("next_page_token", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString()! : "";
        }
        while (token.Length > 0);
        return [.. found.Order(StringComparer.Ordinal)];
    }
}
