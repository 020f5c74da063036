using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Registrations;

/// <summary>
/// The tag in which MLflow's client looks for the versions of a logged model: a JSON list in the form that Python's
/// <c>json.dumps</c> writes.
/// </summary>
internal static class ModelVersionsTag
{
    private const string Key = "mlflow.modelVersions";

    /// <summary>Appends a new version; a version of no logged model, or of one that is not known here, changes nothing.</summary>
    public static async Task AppendAsync(TrackerDb db, ModelVersionCreated fact, CancellationToken ct)
    {
        if (fact.LoggedModelId is null)
            return;
        var key = await db.Set<WorkspaceRow>().Where(row => row.Name == fact.Workspace)
            .Join(db.Set<LoggedModel>(), row => row.Id, model => model.WorkspaceId, (_, model) => model)
            .Where(model => model.ModelId == fact.LoggedModelId).Select(model => (long?)model.ModelKey).SingleOrDefaultAsync(ct);
        if (key is not { } modelKey)
            return;
        var tag = await db.Set<LoggedModelTag>().SingleOrDefaultAsync(row => row.ModelKey == modelKey && row.Key == Key, ct);
        var value = Append(tag?.Value, fact.Model, fact.Version);
        if (tag is null)
            db.Add(new LoggedModelTag { ModelKey = modelKey, Key = Key, Value = value });
        else
            tag.Value = value;
    }

    internal static string Append(string? list, string model, int version)
    {
        var entry = string.Create(CultureInfo.InvariantCulture, $$"""{"name": {{PythonText.Json(model)}}, "version": {{version}}}""");
        return IsList(list) && list.Length > 2 ? $"{list[..^1]}, {entry}]" : $"[{entry}]";
    }

    /// <summary>Anybody can set the tag; what is no list is begun anew.</summary>
    private static bool IsList([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text)
    {
        if (text is not ['[', .., ']'])
            return false;
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
