using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.LocalState;

/// <summary>
/// What is to be served, as this replica read it last, on its own disk beside the models' files: enough to serve again
/// after a crash while the database is away.
/// </summary>
internal sealed class DesiredFile(IOptions<ModelCacheOptions> cache, IOptions<DatabaseOptions> data)
{
    private readonly string path = Path.Combine(cache.Value.FolderIn(data.Value), "desired.json");
    private byte[] kept = [];

    /// <summary>Keeps it for the next start; writes only what is new.</summary>
    public void Keep(IReadOnlyList<DesiredDeployment> desired)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(desired, DesiredJson.Default.IReadOnlyListDesiredDeployment);
        if (json.AsSpan().SequenceEqual(kept))
            return;
        var fresh = path + ".new";
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(json);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        kept = json;
    }

    /// <summary>What was kept; null when there is nothing that can be read.</summary>
    public IReadOnlyList<DesiredDeployment>? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), DesiredJson.Default.IReadOnlyListDesiredDeployment);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<DesiredDeployment>))]
internal sealed partial class DesiredJson : JsonSerializerContext;
