using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Roles;

/// <summary>Reads the words of which rules are made.</summary>
internal static class RuleText
{
    public const string Allow = "allow";
    public const string Deny = "deny";

    private const int MaxPattern = 256;

    /// <exception cref="PlaneException">400: neither word.</exception>
    public static bool IsAllow(string? effect) => effect switch
    {
        null or Allow => true,
        Deny => false,
        _ => throw PlaneError.Invalid("invalid_effect", "'effect' must be 'allow' or 'deny'.").ToException(),
    };

    /// <exception cref="PlaneException">400: none, or a word that is no verb.</exception>
    public static Verbs VerbsOf(IReadOnlyList<string>? words)
    {
        var verbs = Verbs.None;
        foreach (var word in words ?? [])
            verbs |= word == Grant.Any ? Verbs.All : IdentityVerbs.Single.FirstOrDefault(verb => WordOf(verb) == word) is var verb and not Verbs.None ? verb : throw Wrong();
        return verbs == Verbs.None ? throw Wrong() : verbs;
    }

    public static IReadOnlyList<string> WordsOf(Verbs verbs) =>
        verbs == Verbs.All ? [Grant.Any] : [.. IdentityVerbs.Single.Where(verb => verbs.HasFlag(verb)).Select(WordOf)];

    /// <exception cref="PlaneException">400: no kind of resource.</exception>
    public static string KindOf(string? kind) => kind is Grant.Any || ResourceKind.Every.Contains(kind, StringComparer.Ordinal)
        ? kind!
        : throw PlaneError.Invalid("invalid_kind", $"'kind' must be one of {string.Join(", ", ResourceKind.Every)}, or *.").ToException();

    /// <summary>A pattern; every text when none is given.</summary>
    /// <exception cref="PlaneException">400: too long, or with characters that no name has.</exception>
    public static string PatternOf(string? pattern, string field) => pattern switch
    {
        null => Grant.Any,
        { Length: 0 or > MaxPattern } => throw Pattern(field),
        _ when pattern.Any(c => char.IsControl(c) || c is '\\' or '?') => throw Pattern(field),
        _ => pattern,
    };

    private static string WordOf(Verbs verb) => verb.ToString().ToLowerInvariant();

    private static PlaneException Wrong() =>
        PlaneError.Invalid("invalid_verbs", "'verbs' must name at least one of read, write, infer, approve, admin, or be *.").ToException();

    private static PlaneException Pattern(string field) => PlaneError.Invalid("invalid_pattern",
        $"'{field}' must be a pattern of 1 to {MaxPattern} characters, in which * stands for any text; without control characters, \\ and ?.").ToException();
}
