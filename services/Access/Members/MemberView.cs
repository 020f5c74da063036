namespace MlopsPlane.Access.Members;

/// <param name="Subject"><c>user:alice</c> or <c>service:ci</c>, as grants and keys name it.</param>
public sealed record MemberView(string Subject, string Name, string? Description, bool Disabled, DateTimeOffset CreatedAt, string CreatedBy)
{
    internal static MemberView Of(Member row) => new(
        row.Subject, Members.Subject.NameOf(row.Subject), row.Description, row.Disabled, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt), row.CreatedBy);
}
