using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Roles;
using MlopsPlane.Access.Storage;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Grants;

/// <summary>The rules that hold for somebody: their own grants and those of their groups, with roles written out.</summary>
internal static class EffectiveGrants
{
    /// <summary>A rule and the grant that it comes from.</summary>
    public sealed record Rule(GrantRow From, Grant Grant);

    public static async Task<IReadOnlyList<Rule>> OfAsync(AccessDb db, IReadOnlyCollection<string> subjects, CancellationToken ct) =>
        await ExpandAsync(db, await db.Grants.AsNoTracking().Where(row => subjects.Contains(row.Subject)).OrderBy(row => row.Id).ToListAsync(ct), ct);

    /// <summary>Writes out the roles of grants.</summary>
    public static async Task<IReadOnlyList<Rule>> ExpandAsync(AccessDb db, IReadOnlyList<GrantRow> rows, CancellationToken ct)
    {
        var made = rows.Select(row => row.Role).OfType<string>().Where(role => BuiltInRoles.Find(role) is null).Distinct(StringComparer.Ordinal).ToList();
        var own = made.Count == 0 ? [] : await db.Roles.AsNoTracking().Where(role => made.Contains(role.Name)).ToListAsync(ct);
        var roles = own.Select(RoleView.Of).Concat(BuiltInRoles.Every).ToDictionary(role => role.Name, StringComparer.Ordinal);
        return [.. rows.SelectMany(row => row.Role is null
            ? [new Rule(row, new Grant(row.Allow, row.Verbs, row.Workspace, row.Kind, row.Name))]
            : roles.TryGetValue(row.Role, out var role) ? role.Rules.SelectMany(rule => Written(rule, row)) : [])];
    }

    /// <summary>A rule of a role as a grant gives it: what it allows, on the names of both; what it denies stays denied.</summary>
    private static IEnumerable<Rule> Written(RoleRule rule, GrantRow row)
    {
        var allow = RuleText.IsAllow(rule.Effect);
        if ((allow ? Both(rule.Name!, row.Name) : rule.Name) is { } name)
            yield return new Rule(row, new Grant(allow, RuleText.VerbsOf(rule.Verbs), row.Workspace, rule.Kind!, name));
    }

    /// <summary>The narrower of two patterns; null when neither lies in the other, since no pattern says what both match.</summary>
    private static string? Both(string first, string second) =>
        Grant.Matches(first, second) ? second : Grant.Matches(second, first) ? first : null;
}
