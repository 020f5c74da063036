using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Roles;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Questions;

/// <summary>
/// <c>GET /api/v1/access/who-may?verb=&amp;kind=&amp;workspace=&amp;name=</c>: every member and group that may do it, and by which
/// rules, with those that take something from it. Without a name: on resources of some names at least. What groups are
/// denied is told of the group; who is in a group, only the identity provider knows.
/// </summary>
internal static class WhoMay
{
    private const int MaxGrants = 20_000;

    public sealed record Response(IReadOnlyList<Entry> Allowed);

    public sealed record Entry(string Subject, IReadOnlyList<RuleView> By);

    public static async Task<Ok<Response>> Handle(string? verb, string? kind, string? workspace, string? name, AccessDb db,
        IOptions<IdentityOptions> identity, CancellationToken ct)
    {
        var asked = RuleText.VerbsOf(verb is null ? null : [verb]);
        var (what, where) = (RuleText.KindOf(kind ?? ""), RuleText.PatternOf(workspace, "workspace"));
        var which = name is null ? null : RuleText.PatternOf(name, "name");
        var rows = await db.Grants.AsNoTracking().OrderBy(row => row.Subject).Take(MaxGrants + 1).ToListAsync(ct);
        if (rows.Count > MaxGrants)
            throw PlaneError.Invalid("too_many_grants", $"There are more than {MaxGrants} grants; ask what one subject may do.").ToException();
        var shutOut = await db.Members.Where(member => member.Disabled).Select(member => member.Subject).ToListAsync(ct);
        var bySubject = (await EffectiveGrants.ExpandAsync(db, rows, ct)).GroupBy(rule => rule.From.Subject, StringComparer.Ordinal);
        var allowed = bySubject.Where(subject => !shutOut.Contains(subject.Key))
            .Where(subject => May(new CallerIdentity(subject.Key, null, [.. subject.Select(rule => rule.Grant)]), asked, where, what, which))
            .Select(subject => new Entry(subject.Key, [.. subject
                .Where(rule => rule.Grant.Covers(asked, where, what) && (which is null || rule.Grant.Names(which)))
                .Select(rule => RuleView.Of(rule.Grant, rule.From))]));
        return TypedResults.Ok(new Response([.. AdministratorsByConfiguration(identity.Value), .. allowed]));
    }

    private static bool May(CallerIdentity subject, Verbs verb, string workspace, string kind, string? name) => name is null
        ? subject.Decide(verb, workspace, kind) != Decision.Denied
        : subject.Allows(verb, workspace, kind, name);

    /// <summary>Who needs no grant, where this process is the one that takes the tokens of people.</summary>
    private static IEnumerable<Entry> AdministratorsByConfiguration(IdentityOptions identity) =>
        identity.Oidc is { Issuer: not null, AdminGroup: { Length: > 0 } group }
            ? [new Entry(Subject.OfGroup(group), [RuleView.Of(Grant.Everything, "Identity:Oidc:AdminGroup")])]
            : [];
}
