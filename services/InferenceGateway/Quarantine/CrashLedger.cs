using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Quarantine;

/// <summary>
/// Counts how often the process died while it loaded or ran a version. After the second time in a row the version is not
/// loaded here until somebody asks for it: the other models must not go down with it again and again.
/// </summary>
internal sealed class CrashLedger
{
    /// <summary>Deaths after which a version is kept out.</summary>
    public const int Limit = 2;

    /// <summary>Deaths that lie further apart are not counted together.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(30);
    private readonly Lock gate = new();
    private readonly string path;
    private readonly Dictionary<string, Entry> entries;

    public CrashLedger(IOptions<ModelCacheOptions> cache, IOptions<DatabaseOptions> data, RunMarkers markers, TimeProvider clock)
    {
        path = Path.Combine(cache.Value.FolderIn(data.Value), "crashes.json");
        entries = Read();
        var now = clock.GetUtcNow();
        foreach (var digest in markers.AtLastExit)
        {
            var before = entries.GetValueOrDefault(digest);
            entries[digest] = before is not null && now - before.LastAt < Together
                ? before with { Count = before.Count + 1, LastAt = now }
                : new Entry(1, now, []);
        }

        if (markers.AtLastExit.Count > 0)
            Write();
    }

    /// <summary>Why a version is kept out; null when it may be loaded.</summary>
    /// <param name="deployment">Key of the deployment that wants it; several may want the same version.</param>
    /// <param name="retries">How often somebody has asked to try that deployment again; once more lets the version in.</param>
    public string? Refusal(string digest, long deployment, int retries)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(digest, out var entry) || entry.Count < Limit)
                return null;
            var known = entry.Retries.TryGetValue(deployment, out var seen);
            if (known && retries > seen)
            {
                entries.Remove(digest);
                Write();
                return null;
            }

            if (!known)
            {
                entry.Retries[deployment] = retries;
                Write();
            }

            return $"the process died {entry.Count} times while it loaded or ran this version, last at {entry.LastAt:u}; "
                + "POST /api/v1/serving/deployments/{name}/retry tries it again";
        }
    }

    private Dictionary<string, Entry> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CrashJson.Default.DictionaryStringEntry) ?? [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private void Write()
    {
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(entries, CrashJson.Default.DictionaryStringEntry));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <param name="Retries">Each deployment's count of retries when the version was first kept out of it.</param>
    internal sealed record Entry(int Count, DateTimeOffset LastAt, Dictionary<long, int> Retries);
}

[JsonSerializable(typeof(Dictionary<string, CrashLedger.Entry>))]
internal sealed partial class CrashJson : JsonSerializerContext;

/// <summary>The version is kept out until somebody asks for it.</summary>
internal sealed class QuarantinedException(string message) : Exception(message);
