using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Sources;

/// <summary>
/// A version is a way to read the files that its source names and the facts of the run that it names, so whoever makes
/// one must be allowed to read those themselves. Judged before anything is looked up, so that nothing is told of it.
/// </summary>
internal static class SourcePermission
{
    /// <param name="runId">Empty when none is named; so is <paramref name="modelId"/>.</param>
    /// <exception cref="Primitives.PlaneException">403: the caller may not read what the version would show.</exception>
    public static void Require(CallerIdentity caller, string workspace, string source, string runId, string modelId)
    {
        if (caller.IsLocal)
            return;
        if (ReferencedModel(source) is { } model && !caller.Allows(Verbs.Read, workspace, ResourceKind.Model, model))
            throw Refusals.Forbidden(caller, Verbs.Read, workspace, ResourceKind.Model, model);
        if ((runId.Length > 0 || modelId.Length > 0 || ReadsExperiments(source))
            && caller.Decide(Verbs.Read, workspace, ResourceKind.Experiment) != Decision.Allowed)
            throw Refusals.Forbidden(caller, Verbs.Read, workspace, ResourceKind.Experiment);
    }

    /// <summary>The model that <c>models:/NAME/VERSION</c> names.</summary>
    private static string? ReferencedModel(string source) =>
        SourceUri.Parse(source) is { Scheme: "models" } uri && uri.Path.TrimStart('/').Split('/') is [{ Length: > 0 } name, _, ..] ? name : null;

    /// <summary>Files in the product's store, or a logged model, which are an experiment's.</summary>
    private static bool ReadsExperiments(string source)
    {
        if (SourceUri.Parse(source) is { Scheme: "models" } uri)
            return uri.Path.TrimStart('/').Split('/').Length == 1;
        return ArtifactUri.TryResolve(source, out _);
    }
}
