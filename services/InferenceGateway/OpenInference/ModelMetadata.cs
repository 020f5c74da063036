using System.Globalization;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>What the protocol tells of a deployment: names, versions, tensors.</summary>
/// <param name="Versions">Versions of the registry that answer now.</param>
internal sealed record ModelMetadata(
    string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<ModelMetadata.Tensor> Inputs, IReadOnlyList<ModelMetadata.Tensor> Outputs)
{
    /// <summary>As Triton calls ONNX models that ONNX Runtime runs.</summary>
    public const string OnnxPlatform = "onnxruntime_onnx";

    /// <param name="Shape">-1 where any size fits.</param>
    public sealed record Tensor(string Name, string Datatype, IReadOnlyList<long> Shape);

    /// <exception cref="PlaneException">503: nothing is loaded.</exception>
    public static ModelMetadata Of(ServedDeployment deployment, string? version)
    {
        var served = RequireVersion(deployment, version);
        var signature = served.Executor.Signature;
        return new(
            deployment.Spec.Name,
            [.. Live(deployment).Select(live => live.VersionText).Distinct(StringComparer.Ordinal)],
            served.Files is null ? "external" : OnnxPlatform,
            [.. signature.Inputs.Select(Shown)],
            [.. signature.Outputs.Select(Shown)]);
    }

    /// <summary>Versions that answer, those of shadows left out.</summary>
    public static IEnumerable<ServedVersion> Live(ServedDeployment deployment) =>
        deployment.Variants.Where(variant => !variant.Spec.Shadow).Select(variant => variant.Live).OfType<ServedVersion>();

    /// <summary>The version that is named, or else the first that answers.</summary>
    /// <exception cref="PlaneException">404: it does not answer here. 503: none does yet.</exception>
    public static ServedVersion RequireVersion(ServedDeployment deployment, string? version)
    {
        if (!string.IsNullOrEmpty(version))
            return Live(deployment).FirstOrDefault(live => live.VersionText == version) ?? throw InferenceCalls.NoVersion(deployment, version);
        return Live(deployment).FirstOrDefault() ?? throw InferenceCalls.NotReady(deployment, deployment.Variants[0]);
    }

    /// <summary>Whether every variant that answers has a version loaded, or is loaded by the next request.</summary>
    public static bool IsReady(ServedDeployment deployment, string? version) => string.IsNullOrEmpty(version)
        ? deployment.Sleep is { Dozes: true } || deployment.Variants.All(variant => variant.Spec.Shadow || variant.Spec.Weight == 0 || variant.Live is not null)
        : Live(deployment).Any(live => live.VersionText == version) || deployment.Spec.Variants.Any(variant => !variant.Shadow && Dozing(deployment, variant) == version);

    /// <summary>The version that a variant has again at the next request; null when it does not doze.</summary>
    public static string? Dozing(ServedDeployment deployment, VariantSpec variant) =>
        deployment.Sleep is { Dozes: true } && deployment.Desired.Targets.TryGetValue(variant.Name, out var target) ? target.Version.ToString(CultureInfo.InvariantCulture) : null;

    private static Tensor Shown(TensorSpec spec) => new(spec.Name, Tensors.Datatype.NameOf(spec.Type)!, spec.Shape);
}
