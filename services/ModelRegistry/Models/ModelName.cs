using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Rules;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>What a registered model may be called.</summary>
internal static class ModelName
{
    private const int MaxLength = 256;

    /// <summary>The name, when it is one.</summary>
    /// <param name="parameter">Name of the request's parameter: <c>name</c> or <c>new_name</c>.</param>
    public static string Check(string? name, string parameter = "name")
    {
        if (string.IsNullOrWhiteSpace(name))
            throw MlflowErrors.Invalid($"Missing value for required parameter '{parameter}'.");
        // The name is a segment of models:/NAME/VERSION and of paths, so it must not read as another one there.
        if (name.AsSpan().ContainsAny('/', ':'))
            throw MlflowErrors.Invalid($"Invalid model name '{name}'. Names cannot contain '/' or ':'.");
        if (name == "." || name.StartsWith("..", StringComparison.Ordinal))
            throw KeyRules.Invalid("name", name, KeyRules.BadPath(name));
        KeyRules.CheckLength(name, MaxLength, parameter);
        return name;
    }
}
