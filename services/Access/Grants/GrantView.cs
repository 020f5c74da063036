using MlopsPlane.Access.Roles;

namespace MlopsPlane.Access.Grants;

/// <param name="Role">The role that is given; null for a rule of its own, which the other fields tell.</param>
public sealed record GrantView(
    string Id, string Subject, string Workspace, string? Role, string? Effect, IReadOnlyList<string>? Verbs, string? Kind, string Name,
    DateTimeOffset CreatedAt, string CreatedBy)
{
    internal static GrantView Of(GrantRow row)
    {
        var own = row.Role is null;
        return new(
            row.Id, row.Subject, row.Workspace, row.Role, own ? row.Allow ? RuleText.Allow : RuleText.Deny : null,
            own ? RuleText.WordsOf(row.Verbs) : null, own ? row.Kind : null, row.Name, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt), row.CreatedBy);
    }
}
