using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>JSON merge patch, RFC 7396: null takes a field away, objects are merged, everything else replaces.</summary>
internal static class MergePatch
{
    /// <summary>The spec with the patch on it, read and checked as if somebody had written it so.</summary>
    /// <exception cref="PlaneException">400: a field breaks a rule, or the name would change.</exception>
    public static DeploymentSpec Apply(DeploymentSpec spec, JsonObject patch)
    {
        using var merged = JsonSerializer.SerializeToDocument(Merge(JsonNode.Parse(spec.ToJson()), patch));
        var patched = SpecReader.Read(merged.RootElement);
        return patched.Name == spec.Name
            ? patched
            : throw SpecError.Of("name", "cannot be changed; delete the deployment and create another");
    }

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject fields)
            return patch?.DeepClone();
        var merged = target is JsonObject existing ? existing : [];
        foreach (var (name, value) in fields)
        {
            if (value is null)
                merged.Remove(name);
            else if (value is JsonObject && merged[name] is JsonObject inner)
                Merge(inner, value);
            else
                merged[name] = Merge(null, value);
        }

        return merged;
    }
}
