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
        if (IsGroup(subject))
            CheckGroup(NameOf(subject), field);
        else
            CheckName(NameOf(subject), field);
        return subject;
    }

    /// <summary>Whether a member can be called so.</summary>
    public static bool IsName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength } && !name.Any(c => c is <= ' ' or > '~' or '/' or '*' or '\\' or '"' or '?' or '#' or '%');

    /// <summary>Whether a grant can name a group so: the identity provider calls its groups as it likes.</summary>
    public static bool IsGroupName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength } && !name.Any(c => char.IsControl(c) || c == '*');

    /// <exception cref="PlaneException">400: the name breaks the rule.</exception>
    public static string CheckName([NotNull] string? name, string field) => IsName(name)
        ? name
        : throw PlaneError.Invalid("invalid_name",
            $"'{field}' must have 1 to {MaxLength} visible ASCII characters other than / * \\ \" ? # and %.").ToException();

    /// <exception cref="PlaneException">400: no group is called so.</exception>
    public static string CheckGroup([NotNull] string? name, string field) => IsGroupName(name)
        ? name
        : throw PlaneError.Invalid("invalid_name", $"'{field}' must have 1 to {MaxLength} characters, without * and control characters.").ToException();
}
