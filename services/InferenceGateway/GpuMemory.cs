using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace MlopsPlane.InferenceGateway;

/// <summary>Memory of this machine's NVIDIA GPUs, asked of the driver's management library (NVML); nothing where it is not.</summary>
internal static partial class GpuMemory
{
    private const string Library = "libnvidia-ml.so.1";
    private static readonly Lazy<uint> Devices = new(Count);

    public static IEnumerable<Measurement<long>> Read()
    {
        var read = new List<Measurement<long>>();
        for (var i = 0u; i < Devices.Value; i++)
        {
            if (DeviceByIndex(i, out var device) != 0 || MemoryInfo(device, out var memory) != 0)
                continue;
            var gpu = new KeyValuePair<string, object?>("gpu", i);
            read.Add(new((long)memory.Used, gpu, new("kind", "used")));
            read.Add(new((long)memory.Total, gpu, new("kind", "total")));
        }

        return read;
    }

    private static uint Count()
    {
        try
        {
            return OperatingSystem.IsLinux() && Start() == 0 && DeviceCount(out var count) == 0 ? count : 0;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    // nvmlMemory_t, in bytes.
    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Start();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetCount_v2")]
    private static partial int DeviceCount(out uint count);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int DeviceByIndex(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int MemoryInfo(nint device, out Memory memory);
}
