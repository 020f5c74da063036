using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Roles;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Grants;

/// <summary><c>POST /api/v1/access/grants</c>: gives a role, or allows or denies verbs on resources that match.</summary>
internal static class CreateGrant
{
    /// <summary>Grants of one member or group.</summary>
    private const int MaxGrants = 100;

    /// <param name="Subject"><c>user:NAME</c>, <c>service:NAME</c> or <c>group:NAME</c> of the identity provider.</param>
    /// <param name="Workspace">Pattern of workspaces; it must be given, and may be <c>*</c>.</param>
    /// <param name="Role">A role; or else the rule's parts below.</param>
    /// <param name="Effect"><c>allow</c> (when absent) or <c>deny</c>.</param>
    /// <param name="Name">Pattern of names; with a role it narrows what the role allows.</param>
    public sealed record Request(
        string? Subject, string? Workspace, string? Role, string? Effect, IReadOnlyList<string>? Verbs, string? Kind, string? Name);

    public static async Task<Created<GrantView>> Handle(Request request, HttpContext http, AccessChange change, TimeProvider clock)
    {
        var row = Read(request, http.Caller().Name, clock);
        GrantRights.Require(http, row.Workspace);
        await change.RunAsync(http, "grants.create", row.Subject, row.Workspace, request, async (db, ct) =>
        {
            await CheckAsync(db, row, ct);
            db.Grants.Add(row);
            return row;
        });
        return TypedResults.Created((string?)null, GrantView.Of(row));
    }

    private static GrantRow Read(Request request, string actor, TimeProvider clock)
    {
        var subject = Members.Subject.Check(request.Subject, "subject", groups: true);
        var workspace = RuleText.PatternOf(
            request.Workspace ?? throw PlaneError.Invalid("invalid_workspace", "'workspace' must be given; * stands for all.").ToException(), "workspace");
        if (!workspace.Contains('*', StringComparison.Ordinal) && workspace != WorkspaceName.Default && WorkspaceName.Refusal(workspace) is { } refusal)
            throw PlaneError.Invalid("invalid_workspace", refusal).ToException();
        if (request.Role is not null && (request.Effect is not null || request.Verbs is not null || request.Kind is not null))
            throw PlaneError.Invalid("role_or_rule", "Either 'role' or 'effect', 'verbs' and 'kind' can be given, not both.").ToException();
        return new GrantRow
        {
            Id = clock.NewHexId(),
            Subject = subject,
            Workspace = workspace,
            Role = request.Role,
            Allow = RuleText.IsAllow(request.Effect),
            Verbs = request.Role is null ? RuleText.VerbsOf(request.Verbs) : Verbs.None,
            Kind = request.Role is null ? RuleText.KindOf(request.Kind) : Grant.Any,
            Name = RuleText.PatternOf(request.Name, "name"),
            CreatedAt = clock.NowMilliseconds(),
            CreatedBy = actor,
        };
    }

    private static async Task CheckAsync(AccessDb db, GrantRow row, CancellationToken ct)
    {
        if (row.Role is { } role && await db.FindRoleAsync(role, ct) is null)
            throw RoleStore.NotFound(role);
        // Groups live at the identity provider; a member that does not exist is a slip of the pen.
        if (!Members.Subject.IsGroup(row.Subject))
            await db.RequireMemberAsync(row.Subject, ct);
        if (await db.Grants.CountAsync(grant => grant.Subject == row.Subject, ct) >= MaxGrants)
            throw PlaneError.Conflict("too_many_grants", $"'{row.Subject}' has {MaxGrants} grants; use wider patterns or a role.").ToException();
        if (await db.Grants.AnyAsync(grant => grant.Subject == row.Subject && grant.Workspace == row.Workspace && grant.Role == row.Role
            && grant.Allow == row.Allow && grant.Verbs == row.Verbs && grant.Kind == row.Kind && grant.Name == row.Name, ct))
            throw PlaneError.Conflict("grant_exists", $"'{row.Subject}' has this grant already.").ToException();
    }
}
