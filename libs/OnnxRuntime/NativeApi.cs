using System.Runtime.InteropServices;

namespace MlopsPlane.OnnxRuntime;

/// <summary>
/// What the binding leaves out of the C API, called by slots of its table: zero-based, the table only ever grows
/// (onnxruntime_c_api.h, <c>struct OrtApi</c>).
/// </summary>
internal static unsafe class NativeApi
{
    private const uint Version = 29;
    private const int ErrorCodeSlot = 1;
    private const int ErrorMessageSlot = 2;
    private const int ReleaseStatusSlot = 93;
    private const int AddFilesInMemorySlot = 279;
    private const int PairsSlot = 298;
    private const int ReleasePairsSlot = 300;
    private const int SharedAllocatorSlot = 376;

    // struct OrtAllocator: its version in the first eight bytes, then functions that take it first.
    private const int StatisticsField = 5;
    private const int ShrinkField = 7;
    private static nint* table;

    /// <summary>Before everything else.</summary>
    /// <exception cref="OnnxException">The library is older than 1.29.</exception>
    public static void Use(nint library)
    {
        var apiBase = ((delegate* unmanaged[Cdecl]<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        table = ((delegate* unmanaged[Cdecl]<uint, nint*>)apiBase[0])(Version);
        if (table == null)
            throw new OnnxException(OnnxErrorCode.Fail, $"ONNX Runtime's library is {Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)apiBase[1])())}; at least 1.{Version} is needed.");
    }

    /// <summary>Gives a session the files of its external weights; the memory must stay where it is until the session is made.</summary>
    /// <exception cref="OnnxException">The library refused them.</exception>
    public static void AddFilesInMemory(nint sessionOptions, nint* names, nint* data, nuint* lengths, int count) =>
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint*, nuint*, nuint, nint>)table[AddFilesInMemorySlot])(sessionOptions, names, data, lengths, (nuint)count));

    /// <summary>Statistics of an allocator that all sessions share, by the library's own names, in bytes or counts; null where it keeps none.</summary>
    public static Dictionary<string, long>? StatisticsOf(nint environment, nint memoryInfo)
    {
        var allocator = SharedAllocator(environment, memoryInfo);
        if (allocator == null || allocator[StatisticsField] == 0)
            return null;
        nint pairs;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint*, nint>)allocator[StatisticsField])(allocator, &pairs));
        try
        {
            nint* keys;
            nint* values;
            nuint count;
            ((delegate* unmanaged[Cdecl]<nint, nint**, nint**, nuint*, void>)table[PairsSlot])(pairs, &keys, &values, &count);
            var read = new Dictionary<string, long>((int)count, StringComparer.Ordinal);
            for (var i = 0; i < (int)count; i++)
            {
                if (long.TryParse(Marshal.PtrToStringUTF8(values[i]), out var number))
                    read[Marshal.PtrToStringUTF8(keys[i])!] = number;
            }

            return read;
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)table[ReleasePairsSlot])(pairs);
        }
    }

    /// <summary>Has a shared arena give back to the system what nobody uses, where it can.</summary>
    public static void Shrink(nint environment, nint memoryInfo)
    {
        var allocator = SharedAllocator(environment, memoryInfo);
        if (allocator != null && allocator[ShrinkField] != 0)
            Check(((delegate* unmanaged[Cdecl]<nint*, nint>)allocator[ShrinkField])(allocator));
    }

    private static nint* SharedAllocator(nint environment, nint memoryInfo)
    {
        nint* allocator;
        Check(((delegate* unmanaged[Cdecl]<nint, nint, nint**, nint>)table[SharedAllocatorSlot])(environment, memoryInfo, &allocator));
        // Its last fields are as new as the table that is asked for.
        return allocator == null || *(uint*)allocator < Version ? null : allocator;
    }

    private static void Check(nint status)
    {
        if (status == 0)
            return;
        var code = (OnnxErrorCode)((delegate* unmanaged[Cdecl]<nint, int>)table[ErrorCodeSlot])(status);
        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint, nint>)table[ErrorMessageSlot])(status)) ?? "";
        ((delegate* unmanaged[Cdecl]<nint, void>)table[ReleaseStatusSlot])(status);
        throw new OnnxException(code, message);
    }
}
