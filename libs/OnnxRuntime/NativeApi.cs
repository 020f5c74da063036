using System.Globalization;
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

    // In struct OrtAllocator: its version fills the first field, then come functions that take it first.
    private const int StatisticsField = 5;
    private static nint* table;

    /// <summary>Before everything else.</summary>
    /// <exception cref="OnnxException">The library is older than 1.29.</exception>
    public static void Use(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var entry))
            throw new OnnxException(OnnxErrorCode.Fail, "The library is not ONNX Runtime's: it has no OrtGetApiBase.");
        var apiBase = ((delegate* unmanaged[Cdecl]<nint*>)entry)();
        table = ((delegate* unmanaged[Cdecl]<uint, nint*>)apiBase[0])(Version);
        if (table == null)
            throw new OnnxException(OnnxErrorCode.Fail, $"ONNX Runtime's library is {Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)apiBase[1])())}; at least 1.{Version} is needed.");
    }

    /// <summary>Gives a session the files of its external weights; the memory must stay where it is until the session is made.</summary>
    /// <exception cref="OnnxException">The library refused them.</exception>
    public static void AddFilesInMemory(nint sessionOptions, nint* names, nint* data, nuint* lengths, int count) =>
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint*, nuint*, nuint, nint>)table[AddFilesInMemorySlot])(sessionOptions, names, data, lengths, (nuint)count));

    /// <summary>Statistics of an allocator by the library's own names, in bytes or counts; null where it keeps none.</summary>
    public static Dictionary<string, long>? StatisticsOf(nint allocator)
    {
        var fields = (nint*)allocator;
        if (*(uint*)fields < Version || fields[StatisticsField] == 0)
            return null;
        nint pairs;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)fields[StatisticsField])(allocator, &pairs));
        try
        {
            nint* keys;
            nint* values;
            nuint count;
            ((delegate* unmanaged[Cdecl]<nint, nint**, nint**, nuint*, void>)table[PairsSlot])(pairs, &keys, &values, &count);
            var read = new Dictionary<string, long>((int)count, StringComparer.Ordinal);
            for (var i = 0; i < (int)count; i++)
            {
                if (long.TryParse(Marshal.PtrToStringUTF8(values[i]), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                    read[Marshal.PtrToStringUTF8(keys[i])!] = number;
            }

            return read;
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)table[ReleasePairsSlot])(pairs);
        }
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
