using System.Text.RegularExpressions;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Rules;

namespace MlopsPlane.ModelRegistry.Aliases;

/// <summary>What an alias may be called.</summary>
internal static partial class AliasName
{
    /// <summary>Never set: it always means the newest version.</summary>
    public const string Latest = "latest";

    private const int MaxLength = 255;

    public static string Check(string? alias)
    {
        if (string.IsNullOrEmpty(alias))
            throw MlflowErrors.Invalid("Registered model alias name cannot be empty.");
        if (!Characters().IsMatch(alias))
            throw MlflowErrors.Invalid(
                $"Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).");
        KeyRules.CheckLength(alias, MaxLength, "Registered model alias name");
        return alias;
    }

    /// <summary><see cref="Check"/> for an alias that is to be set: names that read as a version are reserved.</summary>
    public static string CheckNew(string? alias)
    {
        var name = Check(alias);
        if (string.Equals(name, Latest, StringComparison.OrdinalIgnoreCase))
            throw MlflowErrors.Invalid("'latest' alias name (case insensitive) is reserved.");
        if (VersionLike().IsMatch(name))
            throw MlflowErrors.Invalid($"Version alias name '{name}' is reserved.");
        return name;
    }

    [GeneratedRegex(@"^[\w\-]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Characters();

    [GeneratedRegex(@"^[vV]\d+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionLike();
}
