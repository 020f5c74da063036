using System.Diagnostics.CodeAnalysis;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Members;

/// <summary>How members and groups are written: a kind, a colon and a name.</summary>
internal static class Subject
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 256;

    private const string User = "user:";
    private const string Service = "service:";
    private const string Group = "group:";

    public static string OfUser(string name) => User + name;

    public static string OfService(string name) => Service + name;

    public static string OfGroup(string name) => Group + name;

    public static bool IsUser(string subject) => subject.StartsWith(User, StringComparison.Ordinal);

    public static bool IsGroup(string subject) => subject.StartsWith(Group, StringComparison.Ordinal);

    /// <summary>The name without its kind.</summary>
    public static string NameOf(string subject) => subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <exception cref="PlaneException">400: no member or group can be called so.</exception>
    public static string Check([NotNull] string? subject, string field, bool groups)
    {
        var kinds = groups ? "user:NAME, service:NAME or group:NAME" : "user:NAME or service:NAME";
        if (subject is null || !(IsUser(subject) || subject.StartsWith(Service, StringComparison.Ordinal) || (groups && IsGroup(subject))))
            throw PlaneError.Invalid("invalid_subject", $"'{field}' must be {kinds}.").ToException();
        CheckName(NameOf(subject), field);
        return subject;
    }

    /// <exception cref="PlaneException">400: the name breaks the rule.</exception>
    public static string CheckName([NotNull] string? name, string field)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxLength || name.Any(c => c is <= ' ' or > '~' or '/' or '*' or '\\' or '"' or '?' or '#' or '%'))
            throw PlaneError.Invalid("invalid_name",
                $"'{field}' must have 1 to {MaxLength} visible ASCII characters other than / * \\ \" ? # and %.").ToException();
        return name;
    }
}
