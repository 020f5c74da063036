using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Grants;

/// <summary>What a member or group was given: a role, or one rule of its own.</summary>
public sealed class GrantRow
{
    public required string Id { get; init; }

    /// <summary><c>user:NAME</c>, <c>service:NAME</c> or <c>group:NAME</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Pattern of workspaces in which it holds.</summary>
    public required string Workspace { get; init; }

    /// <summary>The role that is given; null for a rule of its own.</summary>
    public string? Role { get; init; }

    /// <summary>With a role always true: what it denies, its rules say.</summary>
    public bool Allow { get; init; }

    public Verbs Verbs { get; init; }

    public required string Kind { get; init; }

    /// <summary>Pattern of names; with a role it narrows the role's rules for every name.</summary>
    public required string Name { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}
