using System.Globalization;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>Where an experiment keeps its artifacts: checks, defaults and paths below it.</summary>
internal static class ArtifactLocation
{
    private const int MaxLength = 2048;
    private const int MaxDecodings = 10;

    /// <summary>The location that an experiment gets when its creator names none.</summary>
    /// <param name="root">The root that the workspace's administrator set; null for the workspace's own part of the proxied store.</param>
    public static string Default(string workspace, string? root, long experimentId)
    {
        var id = experimentId.ToString(CultureInfo.InvariantCulture);
        if (root is not null)
            return Append(root, id);
        return workspace == WorkspaceName.Default ? $"mlflow-artifacts:/{id}" : $"mlflow-artifacts:/workspaces/{workspace}/{id}";
    }

    /// <summary>Checks a location that a client named and makes a relative local path absolute, as MLflow does.</summary>
    public static string Resolve(string location)
    {
        var parts = UriParts.Split(location);
        if (parts.Fragment.Length > 0 || parts.LastSegmentHasParams)
            throw MlflowErrors.Invalid("'artifact_location' URL can't include fragments or params.");
        if (Decode(parts.Query).Contains("..", StringComparison.Ordinal))
            throw MlflowErrors.Invalid("Invalid query string");
        if (location.StartsWith("runs:", StringComparison.Ordinal))
            throw MlflowErrors.Invalid($"Artifact location cannot be a runs:/ URI. Given: '{location}'");
        CheckLength(location);
        var resolved = Absolute(location, parts);
        CheckLength(resolved);
        return resolved;
    }

    /// <summary>Appends path segments; a query or fragment stays at the end.</summary>
    public static string Append(string location, params ReadOnlySpan<string> segments)
    {
        var suffix = string.Join('/', segments);
        var parts = UriParts.Split(location);
        if (parts.Scheme.Length == 0)
            return Join(location, suffix);
        var path = Join(parts.Path, suffix);
        if (parts.HasAuthority && !path.StartsWith('/'))
            path = "/" + path;
        return (parts with { Path = path }).ToString();
    }

    private static string Join(string path, string suffix) =>
        path.Length == 0 || path.EndsWith('/') ? path + suffix : $"{path}/{suffix}";

    private static string Absolute(string location, UriParts parts)
    {
        if (parts.Scheme.Length > 0 && parts.Scheme != "file")
            return location;
        if (parts.HasAuthority || parts.Path.StartsWith('/'))
            return location;
        return parts.Scheme.Length == 0
            ? BelowCurrent(location)
            : (parts with { Path = BelowCurrent(parts.Path), Authority = "", HasAuthority = true }).ToString();
    }

    /// <summary>As Python's pathlib joins a relative path: without empty segments and those that stay where they are.</summary>
    private static string BelowCurrent(string relative) =>
        string.Join('/', [Environment.CurrentDirectory.TrimEnd('/'), .. relative.Split('/').Where(segment => segment is not ("" or "."))]);

    private static void CheckLength(string location)
    {
        if (location.Length > MaxLength)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"Invalid artifact path length. The length of the artifact path cannot be greater than {MaxLength} characters. To configure this limit, please set the MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH environment variable."));
    }

    private static string Decode(string text)
    {
        for (var i = 0; i < MaxDecodings; i++)
        {
            var decoded = Uri.UnescapeDataString(text);
            if (decoded == text)
                return text;
            text = decoded;
        }

        throw MlflowErrors.Invalid("Invalid query string");
    }
}
