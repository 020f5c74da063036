using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.Access.Keys;

/// <summary>A key that was just made: the only moment in which it can be told.</summary>
internal sealed record NewKey(KeyRow Row, string Secret)
{
    public static NewKey For(string owner, string? description, long? expiresAt, string createdBy, TimeProvider clock)
    {
        var secret = ApiKey.Generate();
        return new NewKey(new KeyRow
        {
            Id = clock.NewHexId(),
            Owner = owner,
            Description = description,
            Prefix = ApiKey.PrefixOf(secret),
            Hash = ApiKey.HashOf(secret),
            CreatedAt = clock.NowMilliseconds(),
            CreatedBy = createdBy,
            ExpiresAt = expiresAt,
        }, secret);
    }
}
