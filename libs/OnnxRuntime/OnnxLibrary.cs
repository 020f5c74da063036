using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MlopsPlane.OnnxRuntime;

/// <summary>Finds and loads the native library, once for the process, with its telemetry off.</summary>
internal static partial class OnnxLibrary
{
    private const string Import = "onnxruntime";
    private static nint loaded;

    /// <param name="path">The library's file, for a build with other execution providers; null for the one that ships along.</param>
    /// <exception cref="OnnxException">There is no library, or it cannot be loaded.</exception>
    public static void Load(string? path)
    {
        if (loaded != 0)
            return;
        var file = path ?? Path.Combine(AppContext.BaseDirectory, "onnxruntime", FileName);
        if (!File.Exists(file))
            throw new OnnxException(OnnxErrorCode.NoSuchFile, $"ONNX Runtime's library {file} does not exist.");
        SilenceTelemetry();
        nint handle;
        try
        {
            handle = NativeLibrary.Load(file);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            throw new OnnxException(OnnxErrorCode.Fail, $"ONNX Runtime's library {file} cannot be loaded: {failure.Message}", failure);
        }

        NativeApi.Use(handle);
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, (name, _, _) => name == Import ? handle : 0);
        loaded = handle;
    }

    private static string FileName => OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>
    /// The library reads the variable from the C environment while it initialises. On Unix the platform keeps a copy of
    /// its own, so that <see cref="Environment.SetEnvironmentVariable(string, string)"/> would not be seen.
    /// </summary>
    private static void SilenceTelemetry()
    {
        if (OperatingSystem.IsWindows())
            Environment.SetEnvironmentVariable(TelemetrySwitch, "1");
        else
            _ = SetEnvironment(TelemetrySwitch, "1", 1);
    }

    private const string TelemetrySwitch = "ORT_DISABLE_TELEMETRY";

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
