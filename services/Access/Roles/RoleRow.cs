namespace MlopsPlane.Access.Roles;

/// <summary>A role that was made here, beside the built-in ones.</summary>
public sealed class RoleRow
{
    public required string Name { get; init; }

    public string? Description { get; set; }

    /// <summary>Its rules as JSON.</summary>
    public required string Rules { get; set; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}
