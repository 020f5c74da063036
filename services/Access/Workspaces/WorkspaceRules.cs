using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Workspaces;

/// <summary>What a workspace may be called and where its artifacts may lie.</summary>
internal static class WorkspaceRules
{
    private const int MaxRootLength = 2048;
    private const int MaxDecodings = 10;

    /// <exception cref="PlaneException">400 with MLflow's message.</exception>
    public static void CheckName(string name)
    {
        if (name != WorkspaceName.Default && WorkspaceName.Refusal(name) is { } refusal)
            throw MlflowErrors.Invalid(refusal);
    }

    /// <summary>The root as it is stored: null when it was not named or is to be cleared.</summary>
    /// <exception cref="PlaneException">400: the root is no address that artifacts can lie under.</exception>
    public static string? ArtifactRoot(string? given)
    {
        if (given?.Trim() is not { Length: > 0 } root)
            return null;
        var colon = root.IndexOf(':', StringComparison.Ordinal);
        var isUri = colon > 1 && root[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.')
            && root.Length > colon + 1 && root[colon + 1] == '/';
        if (!isUri && !root.StartsWith('/'))
            throw MlflowErrors.Invalid(
                "Invalid value for 'default_artifact_root'. Expected a URI (for example 's3://bucket/prefix' or "
                + $"'mlflow-artifacts:/prefix') or an absolute path, got '{root}'.");
        if (root.StartsWith("runs:", StringComparison.Ordinal))
            throw MlflowErrors.Invalid($"Artifact location cannot be a runs:/ URI. Given: '{root}'");
        if (root.Contains('#', StringComparison.Ordinal) || root[(root.LastIndexOf('/') + 1)..].Contains(';', StringComparison.Ordinal))
            throw MlflowErrors.Invalid("'default_artifact_root' URL can't include fragments or params.");
        if (Climbs(root))
            throw MlflowErrors.Invalid("Invalid path");
        if (root.Length > MaxRootLength)
            throw MlflowErrors.Invalid(
                $"Invalid artifact path length. The length of the artifact path cannot be greater than {MaxRootLength} characters.");
        return root;
    }

    /// <summary>True when some decoding of the text holds a dot segment, a backslash or a control character.</summary>
    private static bool Climbs(string text)
    {
        for (var round = 0; round < MaxDecodings; round++)
        {
            if (text.Any(c => c == '\\' || char.IsControl(c)) || text.Split('/', '?', '&', '=').Any(segment => segment is "." or ".."))
                return true;
            var decoded = Uri.UnescapeDataString(text);
            if (decoded == text)
                return false;
            text = decoded;
        }

        return true;
    }
}
