using System.Buffers;
using System.Runtime.InteropServices;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace MlopsPlane.OnnxRuntime;

/// <summary>Files of external weights that a model in memory refers to, held in place while its session is made.</summary>
internal sealed unsafe class ExternalFiles : IDisposable
{
    private readonly List<MemoryHandle> pinned = [];
    private readonly List<nint> names = [];

    /// <param name="files">Contents by the path that the model names.</param>
    /// <exception cref="OnnxException">The library refused them.</exception>
    public ExternalFiles(SessionOptions options, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        var (data, lengths) = (new nint[files.Count], new nuint[files.Count]);
        try
        {
            foreach (var (name, content) in files)
            {
                var handle = content.Pin();
                data[pinned.Count] = (nint)handle.Pointer;
                lengths[pinned.Count] = (nuint)content.Length;
                pinned.Add(handle);
                names.Add(Marshal.StringToCoTaskMemUTF8(name));
            }

            var named = names.ToArray();
            fixed (nint* texts = named, contents = data)
            fixed (nuint* sizes = lengths)
                NativeApi.AddFilesInMemory(options.DangerousGetHandle(), texts, contents, sizes, files.Count);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var name in names)
            Marshal.FreeCoTaskMem(name);
        names.Clear();
        foreach (var handle in pinned)
            handle.Dispose();
        pinned.Clear();
    }
}
