using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting.Artifacts;

/// <summary>
/// Where a workspace's files lie in the store: <c>workspaces/{name}/...</c>, and at the root for the workspace
/// <c>default</c>. A path may carry that prefix already, but only its own.
/// </summary>
public static class ArtifactScope
{
    private const string Folder = "workspaces";

    /// <exception cref="PlaneException">The path names another workspace.</exception>
    public static ArtifactPath Place(string workspace, ArtifactPath path)
    {
        var segments = path.Value.Split('/', 3);
        if (segments[0] == Folder)
        {
            if (segments.Length == 1)
                throw NoName();
            return segments[1] == workspace
                ? path
                : throw Invalid($"Artifact path targets workspace '{segments[1]}' but the workspace specified in the request is '{workspace}'.");
        }

        return workspace == WorkspaceName.Default ? path : RootOf(workspace).Join(path);
    }

    /// <summary>Refuses <c>workspaces//x</c>, which is read as <c>workspaces/x</c> once its empty segment is gone.</summary>
    /// <exception cref="PlaneException">The path leaves the workspace's name empty.</exception>
    public static void RequireName(string path)
    {
        if (path.StartsWith(Folder + "//", StringComparison.Ordinal))
            throw NoName();
    }

    /// <summary>Whether a path that a workspace uses leads to its own files; else it names another workspace, or none.</summary>
    public static bool IsOf(string workspace, ArtifactPath path)
    {
        var segments = path.Value.Split('/', 3);
        return segments[0] != Folder || (segments.Length > 1 && segments[1] == workspace);
    }

    /// <summary>The folder of other workspaces is no part of the workspace <c>default</c>, whose root it lies in.</summary>
    public static bool Shows(ArtifactPath folder, ArtifactEntry entry) => !(folder.IsRoot && entry.Name == Folder);

    /// <summary>The artifact root in the form that clients get: <c>mlflow-artifacts:/</c>, with the workspace where it is not the default one.</summary>
    public static string Uri(string workspace) =>
        workspace == WorkspaceName.Default ? "mlflow-artifacts:" : $"mlflow-artifacts:/{Folder}/{workspace}";

    private static ArtifactPath RootOf(string workspace) =>
        ArtifactPath.TryParse($"{Folder}/{workspace}", out var root) ? root : throw Invalid($"Workspace name '{workspace}' is no path.");

    private static PlaneException NoName() => Invalid("Artifact paths prefixed with 'workspaces/' must include a workspace name.");

    private static PlaneException Invalid(string message) => PlaneError.Invalid("INVALID_PARAMETER_VALUE", message).ToException();
}
