using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Workspaces;

/// <summary>Names of workspaces and how a request carries one.</summary>
public static class WorkspaceName
{
    /// <summary>The workspace of a request that names none.</summary>
    public const string Default = "default";

    /// <summary>The header of MLflow's client.</summary>
    public const string Header = "X-MLFLOW-WORKSPACE";

    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 63;

    /// <summary>Shortest name, in characters.</summary>
    public const int MinLength = 2;

    /// <summary>The workspace that the request works in, as <see cref="WorkspaceMiddleware"/> found it.</summary>
    public static string Workspace(this HttpContext http) => http.Features.Get<WorkspaceFeature>()?.Name ?? Default;

    /// <summary>Puts a request that the process makes of itself into the workspace of the one that it answers.</summary>
    public static void TakeWorkspace(this HttpContext http, HttpContext from) => http.Features.Set(from.Features.Get<WorkspaceFeature>());

    /// <summary>Why MLflow refuses the name; null when it is one.</summary>
    public static string? Refusal(string name)
    {
        if (name.Length is < MinLength or > MaxLength)
            return $"Workspace name '{name}' must be between {MinLength} and {MaxLength} characters.";
        if (name[0] == '-' || name[^1] == '-' || name.Contains("--", StringComparison.Ordinal)
            || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            return $"Workspace name '{name}' must match the pattern ^(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$ (lowercase alphanumeric with optional internal hyphens).";
        return name is "workspaces" or "api" or "ajax-api" or "static-files"
            ? $"Workspace name '{name}' is reserved and cannot be used."
            : null;
    }
}

/// <summary>The workspace of the present request.</summary>
internal sealed record WorkspaceFeature(string Name);
