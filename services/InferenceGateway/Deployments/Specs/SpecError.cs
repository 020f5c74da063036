using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

internal static class SpecError
{
    /// <summary>400 for a field that breaks a rule.</summary>
    /// <param name="field">Its path, such as <c>variants[0].weight</c>.</param>
    /// <param name="rule">How the sentence goes on that the field begins, without its end.</param>
    public static PlaneException Of(string field, string rule) => PlaneError.Invalid("invalid_spec", $"'{field}' {rule}.").ToException();
}
