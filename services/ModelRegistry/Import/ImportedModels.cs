using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Import;

/// <summary>What the import's operations have in common.</summary>
internal static class ImportedModels
{
    /// <summary>The tag of a model that names the server that it was imported from; without it an import changes no model.</summary>
    public const string OriginTag = "mlopsplane.import.origin";

    private const int MaxSource = 1000;
    private const int MaxTags = 5000;

    /// <summary>The origin as it stands in the tag: the other server and the model's name there.</summary>
    /// <exception cref="PlaneException">400: the source is missing or no source; 403: the model is not the caller's to import.</exception>
    public static string Origin(HttpContext http, string? source, string? sourceName, string model)
    {
        http.NameGate()?.Require(model);
        if (string.IsNullOrEmpty(source) || source.Length > MaxSource || source.Any(c => c == ' ' || char.IsControl(c)))
            throw PlaneError.Invalid("invalid_source", $"'source' must hold 1 to {MaxSource} characters, without spaces and control characters.").ToException();
        return $"{source} {(string.IsNullOrEmpty(sourceName) ? model : sourceName)}";
    }

    /// <summary>Locks the model, which must have come from the origin.</summary>
    /// <exception cref="PlaneException">404: there is no such model; 409: it is another one of the same name.</exception>
    public static async Task<RegisteredModel> TakeImportedAsync(this RegistryDb db, int workspaceId, string name, string origin, CancellationToken ct)
    {
        var model = await db.TakeAsync(workspaceId, name, ct);
        return await db.IsImportedAsync(model, origin, ct) ? model : throw NameTaken(name);
    }

    public static Task<bool> IsImportedAsync(this RegistryDb db, RegisteredModel model, string origin, CancellationToken ct) =>
        db.ModelTags.AnyAsync(tag => tag.ModelKey == model.ModelKey && tag.Key == OriginTag && tag.Value == origin, ct);

    public static PlaneException NameTaken(string name) =>
        PlaneError.Conflict("model_name_taken", $"Another registered model has the name '{name}'.").ToException();

    /// <summary>The tags, judged, without that of the origin.</summary>
    public static SortedDictionary<string, string> Tags(IReadOnlyDictionary<string, string>? tags, Action<string?, string> check)
    {
        if (tags?.Count > MaxTags)
            throw PlaneError.Invalid("too_many_tags", $"'tags' may hold at most {MaxTags} tags.").ToException();
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags ?? new Dictionary<string, string>())
        {
            check(key, value ?? "");
            if (key != OriginTag)
                kept[key] = value ?? "";
        }

        return kept;
    }

    /// <summary>Milliseconds in the unit of the tables, microseconds.</summary>
    public static long Microseconds(long milliseconds, string field) => milliseconds is >= 0 and <= long.MaxValue / 1000
        ? milliseconds * 1000
        : throw PlaneError.Invalid("invalid_time", $"'{field}' must be milliseconds since 1970, not negative.").ToException();
}
