namespace MlopsPlane.Access.Audit;

/// <summary>Who changed what, when and from where; written in the transaction of the change and never changed.</summary>
public sealed class AuditEntry
{
    public long Id { get; private set; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long At { get; init; }

    /// <summary>Who: <c>user:alice</c>, <c>service:ci</c>, <c>local</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>The key that they showed, by its id.</summary>
    public string? KeyId { get; init; }

    /// <summary>Address that the request came from.</summary>
    public string? Address { get; init; }

    /// <summary>Thing and verb: <c>keys.revoke</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to.</summary>
    public required string Target { get; init; }

    public string? Workspace { get; init; }

    /// <summary>What was asked for, as JSON, without secrets.</summary>
    public string? Details { get; init; }
}
