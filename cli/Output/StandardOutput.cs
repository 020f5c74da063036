using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MlopsPlane.Cli.Output;

/// <summary>Standard output that says when nobody reads it any more.</summary>
internal static class StandardOutput
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>At a terminal every part is shown at once, as what moves there needs.</summary>
    public static TextWriter Open() => new StreamWriter(OpenStream(), Utf8, bufferSize: 4096) { AutoFlush = !Console.IsOutputRedirected };

    /// <summary>The console's own stream swallows the error of a pipe without a reader, so that a command would go on for nobody.</summary>
    private static Stream OpenStream()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // In a file it would write at its own place instead of the shell's, over what others append.
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }
}
