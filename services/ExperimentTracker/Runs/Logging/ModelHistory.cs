using System.Text;
using System.Text.Json;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>The tag that lists the models logged to a run, in the text that Python's <c>json.dumps</c> makes.</summary>
internal static class ModelHistory
{
    public const string TagKey = "mlflow.log-model.history";

    /// <summary>The list with the model added; a flavor's <c>config</c> is left out, as MLflow does.</summary>
    public static string Append(string? history, JsonElement model)
    {
        var text = new StringBuilder();
        text.Append(Opening(history));
        AppendObject(text, model, static (writer, property) =>
        {
            if (property.NameEquals("flavors") && property.Value.ValueKind == JsonValueKind.Object)
                AppendObject(writer, property.Value, AppendFlavor);
            else
                AppendValue(writer, property.Value);
        });
        return text.Append(']').ToString();
    }

    /// <summary>The existing list up to where the next item goes.</summary>
    private static string Opening(string? history)
    {
        if (history is null)
            return "[";
        try
        {
            using var list = JsonDocument.Parse(history);
            if (list.RootElement.ValueKind == JsonValueKind.Array)
                return list.RootElement.GetArrayLength() == 0 ? "[" : history.TrimEnd()[..^1] + ", ";
        }
        catch (JsonException)
        {
            // A client wrote something else into the tag; it is told below.
        }

        throw MlflowErrors.Invalid($"The tag '{TagKey}' of the run is not a JSON list.");
    }

    private static void AppendFlavor(StringBuilder text, JsonProperty flavor)
    {
        if (flavor.Value.ValueKind == JsonValueKind.Object)
            AppendObject(text, flavor.Value, static (writer, property) => AppendValue(writer, property.Value), without: "config");
        else
            AppendValue(text, flavor.Value);
    }

    private static void AppendObject(
        StringBuilder text, JsonElement value, Action<StringBuilder, JsonProperty> append, string? without = null)
    {
        text.Append('{');
        var first = true;
        foreach (var property in value.EnumerateObject())
        {
            if (property.Name == without)
                continue;
            if (!first)
                text.Append(", ");
            first = false;
            text.Append(PythonText.Json(property.Name)).Append(": ");
            append(text, property);
        }

        text.Append('}');
    }

    private static void AppendValue(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(text, value, static (writer, property) => AppendValue(writer, property.Value));
                break;
            case JsonValueKind.Array:
                text.Append('[');
                var first = true;
                foreach (var item in value.EnumerateArray())
                {
                    if (!first)
                        text.Append(", ");
                    first = false;
                    AppendValue(text, item);
                }

                text.Append(']');
                break;
            default:
                text.Append(PythonText.Json(value));
                break;
        }
    }
}
