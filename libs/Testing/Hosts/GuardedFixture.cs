using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using Xunit;

namespace MlopsPlane.Testing.Hosts;

/// <summary>The one-process product that asks for a key: an administrator, and accounts with what a test gives them.</summary>
public abstract class GuardedFixture : PlaneFixture
{
    /// <summary>How long a change may take to be effective everywhere.</summary>
    public static readonly TimeSpan Effective = TimeSpan.FromSeconds(2);

    private const string Access = "/api/v1/access";
    private HttpClient? admin;
    private string? adminKey;

    /// <summary>May do everything.</summary>
    public HttpClient Admin => admin ?? Client;

    public string AdminKey => adminKey ?? throw new InvalidOperationException("The host was not started.");

    protected override IPlaneModule[] Modules => Product.Modules;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Identity:Required", "true")];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (!Started)
            return;
        adminKey = await Services.GetRequiredService<IAdminKeys>().MakeAsync("tests", CancellationToken.None);
        admin = WithKey(adminKey);
    }

    /// <summary>A client that shows a key as bearer token.</summary>
    public HttpClient WithKey(string key, string? workspace = null)
    {
        var made = NewClient(workspace);
        made.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return made;
    }

    /// <summary>A client of a new service account that was given a role.</summary>
    /// <param name="workspace">Pattern of workspaces; the client works in it when it is none.</param>
    /// <param name="role">Nothing is given when it is null.</param>
    public async Task<HttpClient> WithRoleAsync(string workspace, string? role, string name = "*")
    {
        var account = await AddAccountAsync();
        if (role is not null)
            await GrantAsync(new { subject = account.Subject, workspace, role, name });
        return WithKey(account.Key, workspace.Contains('*', StringComparison.Ordinal) ? null : workspace);
    }

    /// <summary>A client of a new service account with rules of its own.</summary>
    /// <param name="workspace">That of every rule; the client works in it when it is no pattern.</param>
    public async Task<HttpClient> WithRulesAsync(string workspace, params Rule[] rules)
    {
        var account = await AddAccountAsync();
        foreach (var rule in rules)
            await GrantAsync(new { subject = account.Subject, workspace, effect = rule.Effect, verbs = rule.Verbs, kind = rule.Kind, name = rule.Name });
        return WithKey(account.Key, workspace.Contains('*', StringComparison.Ordinal) ? null : workspace);
    }

    /// <summary>A new service account with a key, which may do nothing yet.</summary>
    public async Task<Account> AddAccountAsync()
    {
        var name = $"t-{Guid.CreateVersion7():N}";
        using var added = await Admin.PostAsJsonAsync(Access + "/service-accounts", new { name });
        added.EnsureSuccessStatusCode();
        var (key, id) = await AddKeyAsync($"service:{name}");
        return new Account(name, $"service:{name}", key, id);
    }

    /// <summary>Another key of a member, and its id.</summary>
    public async Task<(string Key, string Id)> AddKeyAsync(string owner)
    {
        using var made = await Admin.PostAsJsonAsync(Access + "/keys", new { owner });
        made.EnsureSuccessStatusCode();
        var answer = await made.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.GetProperty("key").GetString()!, answer.GetProperty("details").GetProperty("id").GetString()!);
    }

    /// <summary>Makes a grant; its id.</summary>
    public async Task<string> GrantAsync(object grant)
    {
        using var made = await Admin.PostAsJsonAsync(Access + "/grants", grant);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Asks until the answer is as expected; fails when it is not within the time that a change may take.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var clock = TimeProvider.System;
        var begun = clock.GetTimestamp();
        while (!await holds())
        {
            Assert.True(clock.GetElapsedTime(begun) < Effective, "The change did not become effective in time.");
            await Task.Delay(20);
        }
    }

    /// <param name="Subject">As grants and keys name it.</param>
    public sealed record Account(string Name, string Subject, string Key, string KeyId);

    public sealed record Rule(string[] Verbs, string Kind, string Name = "*", string Effect = "allow");
}

/// <summary>On SQLite.</summary>
public class GuardedOnSqlite : GuardedFixture
{
    protected override bool OnPostgres => false;
}

/// <summary>On a real PostgreSQL.</summary>
public class GuardedOnPostgres : GuardedFixture
{
    protected override bool OnPostgres => true;
}
