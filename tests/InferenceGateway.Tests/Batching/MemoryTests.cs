using System.Diagnostics;
using System.Globalization;

namespace MlopsPlane.InferenceGateway.Tests.Batching;

public sealed class MemoryTests
{
    // In the first 300 rounds the runtime compiles anew what it sees often, up to 8 MiB of it; after that resident memory of
    // 1600 loads stayed within 1 MiB. What one load of the image's model held on to, its input alone, would come to 340 MiB.
    private const long Tolerance = 4L << 20;

    [Theory]
    [InlineData("image.onnx")]
    [InlineData("linear.onnx")]
    public async Task Loading_running_and_unloading_a_thousand_times_leaves_no_memory_behind(string model)
    {
        var resident = await ResidentAsync(TestModels.File(model), rounds: 1000);
        var grown = resident[^1] - resident[3];
        Assert.True(grown < Tolerance, $"Resident after each tenth of the rounds, in MiB: {string.Join(' ', resident.Select(bytes => bytes >> 20))}");
    }

    /// <summary>Resident bytes after each tenth of the rounds, in a process that does nothing else.</summary>
    private static async Task<long[]> ResidentAsync(string model, int rounds)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var tests = output.Parent!.Parent!.Parent!.Parent!.FullName;
        var host = Path.Combine(tests, "ModelHost", "bin", output.Parent.Name, output.Name, "MlopsPlane.ModelHost.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [host, model, $"{rounds}"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var told = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return [.. told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
    }
}
