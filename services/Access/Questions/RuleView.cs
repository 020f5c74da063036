using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Roles;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Questions;

/// <summary>One rule that holds, and where it comes from.</summary>
/// <param name="Via">The grant's subject, with its role: <c>group:ml as writer</c>, or the setting that it comes from; null where that is not known.</param>
public sealed record RuleView(string Effect, IReadOnlyList<string> Verbs, string Workspace, string Kind, string Name, string? Via)
{
    internal static RuleView Of(Grant grant, GrantRow from) =>
        Of(grant, from.Role is null ? from.Subject : $"{from.Subject} as {from.Role}");

    internal static RuleView Of(Grant grant, string? via) => new(
        grant.Allow ? RuleText.Allow : RuleText.Deny, RuleText.WordsOf(grant.Verbs), grant.Workspace, grant.Kind, grant.Name, via);
}
