namespace MlopsPlane.Web.Identity;

/// <summary>What a process that takes credentials asks of Access: in process, or over HTTP.</summary>
public interface IIdentitySource
{
    /// <summary>Who holds the key of this hash (<see cref="Credentials.ApiKey.HashOf"/>); null when no good key has it.</summary>
    Task<KnownIdentity?> FindByKeyAsync(string hash, CancellationToken ct);

    /// <summary>What a person whom the identity provider vouches for may do; null when they were shut out here.</summary>
    /// <param name="name">Name of the member, without its prefix.</param>
    /// <param name="groups">Groups that the provider says they are in.</param>
    Task<KnownIdentity?> FindMemberAsync(string name, IReadOnlyList<string> groups, CancellationToken ct);

    /// <summary>Grows with every change of keys, members, roles and grants.</summary>
    Task<long> VersionAsync(CancellationToken ct);

    /// <summary>When keys were used last.</summary>
    Task ReportUseAsync(IReadOnlyList<KeyUse> uses, CancellationToken ct);
}

/// <param name="ExpiresAt">End of the key, in milliseconds since 1970 UTC; null when it has none.</param>
public sealed record KnownIdentity(CallerIdentity Caller, long? ExpiresAt);

/// <summary>Body of the question about a member.</summary>
public sealed record MemberQuestion(string? Name, IReadOnlyList<string?>? Groups);

/// <summary>Answer to the question whether anything has changed.</summary>
public sealed record IdentityVersion(long Version);

/// <param name="At">Milliseconds since 1970 UTC.</param>
public sealed record KeyUse(string KeyId, long At);
