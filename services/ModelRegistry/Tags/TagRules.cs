using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Rules;

namespace MlopsPlane.ModelRegistry.Tags;

/// <summary>What tags of models and versions may hold, with MLflow's messages.</summary>
internal static class TagRules
{
    /// <summary>The tag that makes a registered model a prompt.</summary>
    public const string IsPrompt = "mlflow.prompt.is_prompt";

    /// <summary>The tag of a prompt's version that holds its text.</summary>
    public const string PromptText = "mlflow.prompt.text";

    private const int MaxValueLength = 100_000;

    public static void CheckModelTag(string? key, string value)
    {
        CheckKey(key);
        KeyRules.CheckLength(key!, KeyRules.MaxKeyLength, "key");
        KeyRules.CheckLength(value, MaxValueLength, "value");
    }

    public static void CheckVersionTag(string? key, string value)
    {
        CheckKey(key);
        KeyRules.CheckLength(key!, KeyRules.MaxKeyLength, "key");
        if (key == PromptText && KeyRules.IsLonger(value, MaxValueLength))
            throw MlflowErrors.Invalid($"Prompt text exceeds max length of {MaxValueLength} characters.");
        KeyRules.CheckLength(value, MaxValueLength, "value");
    }

    public static void CheckKey(string? key)
    {
        if (key is null)
            throw MlflowErrors.Invalid("Missing value for required parameter 'key'.");
        KeyRules.CheckName(key, "key");
    }
}
