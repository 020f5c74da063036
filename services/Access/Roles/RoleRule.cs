using System.Text.Json.Serialization;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Roles;

/// <summary>One rule of a role, which gets its workspace from the grant that gives the role.</summary>
/// <param name="Effect"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Verbs">Some of read, write, infer, approve, admin; or <c>*</c>.</param>
/// <param name="Kind">Kind of resource, or <c>*</c>.</param>
/// <param name="Name">Pattern of names.</param>
public sealed record RoleRule(string? Effect, IReadOnlyList<string>? Verbs, string? Kind, string? Name)
{
    /// <summary>A rule that allows verbs on every name of a kind.</summary>
    internal static RoleRule Allow(string kind, params string[] verbs) => new(RuleText.Allow, verbs, kind, Grant.Any);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<RoleRule>))]
internal sealed partial class RoleJson : JsonSerializerContext;
