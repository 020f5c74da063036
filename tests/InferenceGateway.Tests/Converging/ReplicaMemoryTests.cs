using System.Globalization;
using MlopsPlane.InferenceGateway.Converging;

namespace MlopsPlane.InferenceGateway.Tests.Converging;

public sealed class ReplicaMemoryTests : IDisposable
{
    private const long GiB = 1L << 30;
    private readonly string file = Path.Combine(Path.GetTempPath(), $"plane-{Guid.CreateVersion7():N}");

    [Theory]
    [InlineData("max", 16, 16)]
    [InlineData("4294967296", 3, 4)]
    [InlineData("9223372036854771712", 16, 16)]
    [InlineData(null, 16, 16)]
    public void It_is_the_cgroup_s_limit_or_what_the_machine_has(string? limit, long runtime, long expected)
    {
        if (limit is not null)
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{limit}\n"));
        Assert.Equal(expected * GiB, ReplicaMemory.Of(["/no/such/file", file], runtime * GiB));
    }

    public void Dispose() => File.Delete(file);
}
