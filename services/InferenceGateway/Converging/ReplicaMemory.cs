using System.Globalization;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>Memory that this process may use: its cgroup's limit where there is one, else what the machine has.</summary>
internal static class ReplicaMemory
{
    // Version 2 of cgroups, and 1.
    private static readonly string[] Limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    /// <summary>In bytes.</summary>
    public static long Bytes => Of(Limits, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <param name="files">Files of which the first that there is states the cgroup's limit in bytes, or that there is none.</param>
    /// <param name="runtime">What the runtime takes for its own: three quarters of a limit, or all that the machine has.</param>
    public static long Of(IEnumerable<string> files, long runtime) =>
        files.FirstOrDefault(File.Exists) is { } file && long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit / 4 * 3 <= runtime
            ? limit
            : runtime;
}
