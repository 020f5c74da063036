using System.IO.Enumeration;

namespace MlopsPlane.Web.Identity;

/// <summary>One rule: these verbs on resources that match are allowed, or denied. A denial wins over every permission.</summary>
/// <param name="Workspace">Pattern; <c>*</c> stands for any text.</param>
/// <param name="Kind">One of <see cref="ResourceKind"/>, or <c>*</c>.</param>
/// <param name="Name">Pattern of the resource's name.</param>
public sealed record Grant(bool Allow, Verbs Verbs, string Workspace, string Kind, string Name)
{
    /// <summary>Matches everything.</summary>
    public const string Any = "*";

    /// <summary>Everything is allowed.</summary>
    public static Grant Everything { get; } = new(Allow: true, Verbs.All, Any, Any, Any);

    /// <summary>The rule speaks of every name.</summary>
    public bool EveryName => Name == Any;

    /// <summary>The rule speaks of the verb in this workspace and kind, of some names at least.</summary>
    /// <param name="workspace">A workspace's name, or <c>*</c>, which only a rule for all workspaces matches.</param>
    public bool Covers(Verbs verb, string workspace, string kind) =>
        (Verbs & verb) == verb && (Kind == Any || Kind == kind) && Matches(Workspace, workspace);

    public bool Names(string name) => Matches(Name, name);

    /// <summary>Whether a pattern with <c>*</c> matches a text. No other character is special.</summary>
    public static bool Matches(string pattern, string text)
    {
        if (pattern == Any)
            return true;
        if (text == Any || !pattern.Contains('*', StringComparison.Ordinal))
            return string.Equals(pattern, text, StringComparison.Ordinal);
        return FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
    }
}
