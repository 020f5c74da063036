namespace MlopsPlane.Access.Keys;

/// <param name="Prefix">The key's first characters, by which it can be recognised.</param>
/// <param name="LastUsedAt">At most some seconds behind; null when it was never used.</param>
public sealed record KeyView(
    string Id, string Owner, string? Description, string Prefix, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt)
{
    internal static KeyView Of(KeyRow row) => new(
        row.Id, row.Owner, row.Description, row.Prefix, At(row.CreatedAt), row.CreatedBy, Maybe(row.ExpiresAt), Maybe(row.LastUsedAt), Maybe(row.RevokedAt));

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Maybe(long? milliseconds) => milliseconds is { } at ? At(at) : null;
}
