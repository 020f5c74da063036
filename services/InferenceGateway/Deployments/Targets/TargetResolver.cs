using Microsoft.AspNetCore.Http;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.External;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Deployments.Targets;

/// <summary>The version that a variant's reference means now.</summary>
/// <param name="FileBytes">Of all its files; null while the registry has not read them.</param>
internal sealed record ResolvedTarget(string Variant, ModelReference Reference, int Version, long? FileBytes);

/// <summary>Asks the registry which versions a spec means.</summary>
internal sealed class TargetResolver(IModelFacts models, ExternalAddresses externals)
{
    private const int ShownFiles = 5;

    /// <summary>Resolves the variants of the registry whose reference is not that of <paramref name="before"/>.</summary>
    /// <param name="before">The spec that is in force; null for a new deployment.</param>
    /// <exception cref="PlaneException">400: an external server lies where none may. 403: the caller may not look at a model, and so not serve it. 404: there is no such version. 422: the version holds no ONNX. 503: the registry does not answer.</exception>
    public async Task<IReadOnlyList<ResolvedTarget>> ResolveAsync(HttpContext http, DeploymentSpec spec, DeploymentSpec? before, CancellationToken ct)
    {
        externals.Check(spec, before);
        var resolved = new List<ResolvedTarget>();
        for (var i = 0; i < spec.Variants.Count; i++)
        {
            var variant = spec.Variants[i];
            if (variant.Model is not { } model || before?.Variants.Any(old => old.Name == variant.Name && old.Model == model) == true)
                continue;
            var reference = ModelReference.Parse(model, $"variants[{i}].model");
            RequireReading(http, reference.Model);
            var facts = await FindAsync(http.Workspace(), reference, ct) ?? throw NotFound($"variants[{i}].model", reference);
            RequireOnnx($"variants[{i}].model", facts);
            resolved.Add(new ResolvedTarget(variant.Name, reference, facts.Version, FileBytesOf(facts)));
        }

        return resolved;
    }

    /// <summary>Size of a version's files; null while the registry has not read them.</summary>
    public static long? FileBytesOf(ModelVersionFacts facts) => facts.TotalBytes > 0 ? facts.TotalBytes : null;

    /// <summary>The version that a reference means; null when there is none.</summary>
    public Task<ModelVersionFacts?> FindAsync(string workspace, ModelReference reference, CancellationToken ct) => reference.Version is { } version
        ? models.FindVersionAsync(workspace, reference.Model, version, ct)
        : models.FindByAliasAsync(workspace, reference.Model, reference.Alias!, ct);

    /// <summary>Whoever serves a model can learn what it knows.</summary>
    public static void RequireReading(HttpContext http, string model)
    {
        var caller = http.Caller();
        if (!caller.Allows(Verbs.Read, http.Workspace(), ResourceKind.Model, model))
            throw Refusals.Forbidden(caller, Verbs.Read, http.Workspace(), ResourceKind.Model, model);
    }

    /// <summary>Says at once what the replicas would say later, where the registry has read all of the version's files.</summary>
    private static void RequireOnnx(string field, ModelVersionFacts facts)
    {
        if (facts.ContentState != ContentStates.Complete || facts.OnnxFile is not null || facts.Files.Count < facts.FileCount)
            return;
        if (facts.Files.Any(file => file.Path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)))
            return;
        throw new PlaneError(422, "no_onnx",
            $"'{field}': version {facts.Version} of model '{facts.Model}' has no ONNX file, but {string.Join(", ", facts.Files.Take(ShownFiles).Select(file => file.Path))}. "
            + "Convert the model to ONNX (skl2onnx, torch.onnx, tf2onnx), log it with mlflow.onnx, and register that.").ToException();
    }

    public static PlaneException NotFound(string field, ModelReference reference) => PlaneError.NotFound("model_version_not_found", reference.Alias is { } alias
        ? $"'{field}': there is no alias '{alias}' of a model '{reference.Model}' in this workspace."
        : $"'{field}': there is no version {reference.Version} of a model '{reference.Model}' in this workspace.").ToException();
}
