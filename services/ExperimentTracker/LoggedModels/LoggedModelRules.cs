using System.Buffers;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

/// <summary>MLflow's rules on logged models, with its messages.</summary>
internal static class LoggedModelRules
{
    public const string Pending = "LOGGED_MODEL_PENDING";

    /// <summary>A param or tag of a request.</summary>
    public static readonly MessageSchema Pair = new(Field.String("key"), Field.String("value"));

    public static readonly ProtoEnum Status = new(
        ("LOGGED_MODEL_STATUS_UNSPECIFIED", 0), (Pending, 1), ("LOGGED_MODEL_READY", 2), ("LOGGED_MODEL_UPLOAD_FAILED", 3));

    public const int MaxKeyLength = 255;
    private const int MaxNameLength = 500;
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/:.%\"'");

    public static void CheckName(string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAny(Forbidden))
            throw MlflowErrors.Invalid(
                $"Invalid model name ({PythonText.Repr(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")");
        KeyRules.CheckLength(name, MaxNameLength, "name");
    }

    /// <summary>The pairs of a request by key; of a repeated key the last one counts.</summary>
    public static Dictionary<string, string> ReadPairs(MlflowMessage request, string field)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in request.Messages(field, Pair))
        {
            var key = pair.String("key") ?? "";
            KeyRules.CheckLength(key, MaxKeyLength, "key");
            pairs[key] = pair.String("value") ?? "";
        }

        return pairs;
    }

    public static PlaneException NotFound(string modelId) => MlflowErrors.Missing($"Logged model with ID '{modelId}' not found.");
}
