namespace MlopsPlane.Access.Members;

/// <summary>Somebody who can hold keys and grants: a person, or a program's service account.</summary>
public sealed class Member
{
    public int Id { get; private set; }

    /// <summary><c>user:alice</c> or <c>service:ci</c>.</summary>
    public required string Subject { get; init; }

    public string? Description { get; set; }

    /// <summary>Shut out: no key and no token of theirs is good.</summary>
    public bool Disabled { get; set; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}
