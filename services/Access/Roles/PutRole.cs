using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Members;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Roles;

/// <summary><c>PUT /api/v1/access/roles/{name}</c>: makes a role, or gives it other rules for everybody who has it.</summary>
internal static class PutRole
{
    private const int MaxRules = 50;
    private const int MaxRoles = 1000;

    public sealed record Request(string? Description, IReadOnlyList<RoleRule>? Rules);

    public static async Task<Ok<RoleView>> Handle(string name, Request request, HttpContext http, AccessChange change)
    {
        Subject.CheckName(name, "name");
        if (BuiltInRoles.Find(name) is not null)
            throw PlaneError.Conflict("built_in_role", $"The role '{name}' comes with the product and cannot be changed.").ToException();
        if (request.Rules is not { Count: > 0 and <= MaxRules } given || given.Contains(null!))
            throw PlaneError.Invalid("invalid_rules", $"'rules' must hold 1 to {MaxRules} rules.").ToException();
        IReadOnlyList<RoleRule> rules = [.. given.Select(Checked)];
        var description = Texts.Bounded(request.Description, "description");
        var json = JsonSerializer.Serialize(rules, RoleJson.Default.IReadOnlyListRoleRule);
        var row = await change.RunAsync(http, "roles.put", name, null, new { description, rules }, async (db, ct) =>
        {
            if (await db.Roles.SingleOrDefaultAsync(role => role.Name == name, ct) is { } existing)
            {
                (existing.Description, existing.Rules) = (description, json);
                return existing;
            }

            if (await db.Roles.CountAsync(ct) >= MaxRoles)
                throw PlaneError.Conflict("too_many_roles", $"There are {MaxRoles} roles; delete one first.").ToException();
            var made = new RoleRow { Name = name, Description = description, Rules = json, CreatedAt = change.Now, CreatedBy = http.Caller().Name };
            db.Roles.Add(made);
            return made;
        });
        return TypedResults.Ok(RoleView.Of(row));
    }

    private static RoleRule Checked(RoleRule rule) => new(
        RuleText.IsAllow(rule.Effect) ? RuleText.Allow : RuleText.Deny, RuleText.WordsOf(RuleText.VerbsOf(rule.Verbs)),
        RuleText.KindOf(rule.Kind), RuleText.PatternOf(rule.Name, "name"));
}
