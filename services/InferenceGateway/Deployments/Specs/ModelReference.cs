using System.Globalization;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>A version of a registered model by its number, or by the alias that points to it.</summary>
/// <param name="Version">Null when an alias is followed.</param>
/// <param name="Alias">Null when the version is fixed.</param>
internal sealed record ModelReference(string Model, int? Version, string? Alias)
{
    private const string Scheme = "models:";
    private const string Latest = "latest";
    private static readonly string[] Stages = ["none", "staging", "production", "archived", Latest];

    /// <summary>
    /// Reads <c>models:/name/version</c> or <c>models:/name@alias</c>, also without <c>models:/</c>. As in every URI, parts
    /// may be percent-encoded.
    /// </summary>
    /// <param name="field">Where it stood, for the refusal.</param>
    /// <exception cref="PlaneException">400: it is none of these.</exception>
    public static ModelReference Parse(string text, string field)
    {
        var rest = text;
        if (text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            rest = text[Scheme.Length..];
            if (!rest.StartsWith('/') || rest.StartsWith("//", StringComparison.Ordinal))
                throw Wrong(field, text);
            rest = rest[1..];
        }

        var parts = rest.Split('/');
        if (parts.Length == 1 && rest.LastIndexOf('@') is > 0 and var at && at < rest.Length - 1)
        {
            var alias = Decoded(rest[(at + 1)..], field, text);
            return alias.Equals(Latest, StringComparison.OrdinalIgnoreCase)
                ? throw SpecError.Of(field, "names 'latest', which a deployment does not follow: what was just registered is not meant to be served yet. Name a version or an alias")
                : new ModelReference(Decoded(rest[..at], field, text), null, alias);
        }

        if (parts is not [{ Length: > 0 } name, { Length: > 0 } version])
            throw Wrong(field, text);
        if (int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            return new ModelReference(Decoded(name, field, text), number, null);
        if (Stages.Contains(version, StringComparer.OrdinalIgnoreCase))
            throw SpecError.Of(field, $"names '{version}', which a deployment does not follow: a stage may hold many versions, and the latest one may not be meant to be served. Name a version, or an alias as in models:/{name}@champion");
        throw Wrong(field, text);
    }

    public override string ToString() => Alias is null
        ? string.Create(CultureInfo.InvariantCulture, $"models:/{Uri.EscapeDataString(Model)}/{Version}")
        : $"models:/{Uri.EscapeDataString(Model)}@{Uri.EscapeDataString(Alias)}";

    private static string Decoded(string part, string field, string text)
    {
        var decoded = Uri.UnescapeDataString(part);
        return decoded.Length is 0 or > SpecRules.MaxModelName || decoded.Any(char.IsControl) ? throw Wrong(field, text) : decoded;
    }

    private static PlaneException Wrong(string field, string text) =>
        SpecError.Of(field, $"is '{text}', which names no version: it must be models:/name/version or models:/name@alias");
}
