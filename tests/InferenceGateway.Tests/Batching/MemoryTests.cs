using System.Diagnostics;

namespace MlopsPlane.InferenceGateway.Tests.Batching;

public sealed class MemoryTests
{
    private const int Pixels = 3 * 224 * 224;

    // What is left of a thread's stack, an arena's chunk and the collector's own growth, measured as 2 to 6 MiB over all
    // 200. A session that leaked its input's memory alone would come to 200 times 0.6 MiB.
    private const long Tolerance = 40L << 20;

    [Fact]
    public async Task Loading_running_and_unloading_two_hundred_times_leaves_no_memory_behind()
    {
        var image = LoadedModel.Bytes(new float[Pixels]);
        for (var i = 0; i < 20; i++)
            await LoadAndRunAsync(image);
        var before = Resident();
        for (var i = 0; i < 200; i++)
            await LoadAndRunAsync(image);
        var grown = Resident() - before;
        Assert.True(grown < Tolerance, $"{grown >> 20} MiB more are resident.");
    }

    private static async Task LoadAndRunAsync(byte[] image)
    {
        await using var model = new LoadedModel("image.onnx");
        var item = model.Item(([1, 3, 224, 224], image));
        Assert.Null(await model.RunAsync(item));
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
