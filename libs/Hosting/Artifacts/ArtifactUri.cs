using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Hosting.Artifacts;

/// <summary>Addresses of artifacts that go through this product's proxy.</summary>
public static class ArtifactUri
{
    private const string Scheme = "mlflow-artifacts:";
    private const string Anchor = "/api/2.0/mlflow-artifacts/artifacts";

    /// <summary>
    /// Reads an address of the proxy (<c>mlflow-artifacts:/...</c>, or its http address); false when it leads elsewhere
    /// or its path is unsafe.
    /// </summary>
    public static bool TryResolve(string uri, out ArtifactPath path)
    {
        path = default;
        var text = uri;
        if (text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            text = WithoutAuthority(text[Scheme.Length..]);
        else if (IsHttp(text) && text.IndexOf(Anchor, StringComparison.Ordinal) is > 0 and var at && Ends(text, at + Anchor.Length))
            text = text[(at + Anchor.Length)..];
        else
            return false;
        var end = text.AsSpan().IndexOfAny('?', '#');
        return ArtifactPath.TryParse((end < 0 ? text : text[..end]).TrimStart('/'), out path);
    }

    private static string WithoutAuthority(string rest)
    {
        if (!rest.StartsWith("//", StringComparison.Ordinal))
            return rest;
        var slash = rest.IndexOf('/', 2);
        return slash < 0 ? "" : rest[slash..];
    }

    private static bool IsHttp(string uri) =>
        uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static bool Ends(string text, int at) => at == text.Length || text[at] is '/' or '?' or '#';
}
