using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>The registry of an MLflow server.</summary>
internal static class MlflowRegistry
{
    private const string PromptTag = "mlflow.prompt.is_prompt";
    private const int ModelPage = 100;
    private const int VersionPage = 1000;

    public static async IAsyncEnumerable<SourceModel> ModelsAsync(Wire wire, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var model in MlflowSource.Pages(token => SearchAsync(wire, null, token, ct), "registered_models").WithCancellation(ct))
        {
            if (MlflowJson.Model(model) is var read && !read.Tags.ContainsKey(PromptTag))
                yield return read;
        }

        // Prompts are left out of a search that does not ask for them; old servers know none.
        await foreach (var prompt in MlflowSource.Pages(token => SearchAsync(wire, $"tags.`{PromptTag}` = 'true'", token, ct), "registered_models").WithCancellation(ct))
        {
            if (MlflowJson.Model(prompt) is var read && read.Tags.ContainsKey(PromptTag))
                yield return read;
        }
    }

    public static async Task<SourceModel?> FindModelAsync(Wire wire, string name, CancellationToken ct)
    {
        try
        {
            var found = await wire.GetAsync(Query.Of(MlflowSource.Api + "registered-models/get", ("name", name)), ct);
            return MlflowJson.Model(found.GetProperty("registered_model"));
        }
        catch (RefusedException missing) when (missing.Error.Status == 404)
        {
            return null;
        }
    }

    public static async Task<List<SourceVersion>> VersionsAsync(Wire wire, string model, CancellationToken ct)
    {
        var quote = model.Contains('\'', StringComparison.Ordinal) ? '"' : '\'';
        var versions = new List<SourceVersion>();
        var list = MlflowSource.Pages(token => wire.GetAsync(Query.Of(MlflowSource.Api + "model-versions/search", ("filter", $"name={quote}{model}{quote}"),
            ("max_results", VersionPage.ToString(CultureInfo.InvariantCulture)), ("page_token", token)), ct), "model_versions");
        await foreach (var version in list.WithCancellation(ct))
            versions.Add(MlflowJson.Version(version));
        // A page may hold a version twice that was changed while the list was read.
        return [.. versions.DistinctBy(version => version.Version).OrderBy(version => version.Version)];
    }

    private static async Task<JsonElement> SearchAsync(Wire wire, string? filter, string? token, CancellationToken ct)
    {
        try
        {
            return await wire.GetAsync(Query.Of(MlflowSource.Api + "registered-models/search", ("filter", filter),
                ("max_results", ModelPage.ToString(CultureInfo.InvariantCulture)), ("page_token", token)), ct);
        }
        catch (RefusedException) when (filter is not null)
        {
            return default;
        }
        catch (RefusedException unknown) when (unknown.Error.Status is 404 or 405)
        {
            try
            {
                return await wire.GetAsync(Query.Of(MlflowSource.Api + "registered-models/list", ("max_results", $"{ModelPage}"), ("page_token", token)), ct);
            }
            catch (RefusedException none) when (none.Error.Status is 404 or 405)
            {
                // A server on a file store of 1.x has no registry at all.
                return default;
            }
        }
    }
}
