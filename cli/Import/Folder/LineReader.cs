using System.Text;
using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Folder;

/// <summary>Reads lines of a bounded length, so that a file without line ends does not fill the memory.</summary>
internal sealed class LineReader(Stream stream, int maxBytes)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly byte[] line = new byte[maxBytes];
    private int length;
    private int at;
    private int end;

    /// <returns>Null at the end.</returns>
    /// <exception cref="SourceException">A line is too long.</exception>
    public async ValueTask<string?> ReadAsync(CancellationToken ct)
    {
        length = 0;
        while (true)
        {
            if (at == end)
            {
                (at, end) = (0, await stream.ReadAsync(buffer, ct));
                if (end == 0)
                    return length == 0 ? null : Text();
            }

            var rest = buffer.AsSpan(at, end - at);
            var stop = rest.IndexOf((byte)'\n');
            var taken = stop < 0 ? rest : rest[..stop];
            if (length + taken.Length > line.Length)
                throw new SourceException($"A line is longer than {line.Length} bytes.");
            taken.CopyTo(line.AsSpan(length));
            length += taken.Length;
            at += stop < 0 ? rest.Length : stop + 1;
            if (stop >= 0)
                return Text();
        }
    }

    private string Text() => Encoding.UTF8.GetString(line, 0, length).TrimEnd('\r');
}
