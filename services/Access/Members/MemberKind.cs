namespace MlopsPlane.Access.Members;

/// <summary>The two kinds of members; each has its own path and the same operations.</summary>
/// <param name="Path">Last part of the path of its list.</param>
/// <param name="Noun">How an operation on one is called in the audit log and in endpoint names.</param>
/// <param name="Prefix">How its subjects begin.</param>
internal sealed record MemberKind(string Path, string Noun, string Prefix)
{
    public static readonly MemberKind User = new("members", "Member", "user:");
    public static readonly MemberKind Service = new("service-accounts", "ServiceAccount", "service:");
}
