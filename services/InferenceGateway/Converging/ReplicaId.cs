namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>A replica's id, which it keeps beside its models' files.</summary>
internal static class ReplicaId
{
    private const string FileName = "replica-id";
    private const int MaxLength = 60;

    /// <summary>The id that is kept in a folder; made anew when there is none, or when the folder was copied from another machine.</summary>
    public static string KeptIn(string folder)
    {
        var machine = Environment.MachineName.ToLowerInvariant();
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 and <= MaxLength } kept && kept.StartsWith(machine[..Math.Min(machine.Length, MaxLength - 33)] + "-", StringComparison.Ordinal))
            return kept;
        var id = $"{machine[..Math.Min(machine.Length, MaxLength - 33)]}-{Guid.CreateVersion7():N}";
        Directory.CreateDirectory(folder);
        File.WriteAllText(path + ".new", id);
        File.Move(path + ".new", path, overwrite: true);
        return id;
    }
}
