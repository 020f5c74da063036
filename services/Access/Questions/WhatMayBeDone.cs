using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Questions;

/// <summary>
/// <c>GET /api/v1/access/permissions?key=ID</c> (an id or the visible first characters of a key), <c>?subject=</c> with
/// <c>group=</c> for groups of the identity provider: what they may do, rule by rule.
/// </summary>
internal static class WhatMayBeDone
{
    private const int MaxGroups = 200;

    /// <param name="Good">False when nothing may be done after all: the key ended, or its owner was shut out.</param>
    public sealed record Response(string Subject, bool Good, string? WhyNot, IReadOnlyList<RuleView> Rules);

    public static async Task<Ok<Response>> Handle(string? key, string? subject, string[]? group, AccessDb db, TimeProvider clock, CancellationToken ct)
    {
        if (key is null == subject is null)
            throw PlaneError.Invalid("key_or_subject", "One of 'key' and 'subject' must be given.").ToException();
        string? whyNot = null;
        if (key is not null)
        {
            var matches = await db.Keys.AsNoTracking().Where(row => row.Id == key || row.Prefix == key).OrderBy(row => row.RevokedAt != null).Take(2).ToListAsync(ct);
            var found = matches.FirstOrDefault() ?? throw PlaneError.NotFound("key_not_found", $"There is no key '{key}'.").ToException();
            whyNot = found.RevokedAt is not null ? "The key is revoked." : found.ExpiresAt <= clock.NowMilliseconds() ? "The key has expired." : null;
            subject = found.Owner;
        }

        Subject.Check(subject, "subject", groups: true);
        var groups = (group ?? []).Select(name => Subject.OfGroup(Subject.CheckGroup(name, "group"))).ToList();
        if (groups.Count > MaxGroups)
            throw PlaneError.Invalid("too_many_groups", $"'group' can be given {MaxGroups} times.").ToException();
        if (!Subject.IsGroup(subject) && await IsShutOutAsync(db, subject, vouchedFor: Subject.IsUser(subject) && groups.Count > 0, ct))
            whyNot = $"'{subject}' is shut out.";
        var rules = await EffectiveGrants.OfAsync(db, [subject, .. groups], ct);
        return TypedResults.Ok(new Response(subject, whyNot is null, whyNot, [.. rules.Select(rule => RuleView.Of(rule.Grant, rule.From))]));
    }

    /// <param name="vouchedFor">The identity provider knows them, so they need no line here.</param>
    private static async Task<bool> IsShutOutAsync(AccessDb db, string subject, bool vouchedFor, CancellationToken ct) => vouchedFor
        ? await db.Members.AnyAsync(row => row.Subject == subject && row.Disabled, ct)
        : (await db.RequireMemberAsync(subject, ct)).Disabled;
}
