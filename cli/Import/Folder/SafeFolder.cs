using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Folder;

/// <summary>
/// Reads below one folder and nothing else: no links, no way up, no pipes or devices, and no text longer than it should be.
/// Whoever wrote the folder may have wanted this program to read something else.
/// </summary>
internal sealed class SafeFolder(string root)
{
    private const int MaxEntries = 1_000_000;
    private static readonly EnumerationOptions Here = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    public string Root { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <summary>Whether a text may be one part of a path.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 255 && text is not ("." or "..") && text.IndexOfAny(['/', '\\', '\0']) < 0;

    /// <summary>A path below the root from its parts.</summary>
    /// <exception cref="SourceException">A part is no name, or a link stands in the way.</exception>
    public string At(params ReadOnlySpan<string> parts)
    {
        var path = Root;
        foreach (var part in parts)
        {
            if (!IsName(part))
                throw new SourceException($"'{part}' is no name of a file.");
            path = Path.Combine(path, part);
            RefuseLink(path);
        }

        return path;
    }

    /// <summary>Whether an absolute path lies below the root, by its text.</summary>
    public bool Holds(string path) => Path.GetFullPath(path).StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Names of the folders in a folder, links left out.</summary>
    public static IEnumerable<string> Folders(string path) => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateDirectories("*", Here).Where(one => one.LinkTarget is null).Select(one => one.Name)
        : [];

    /// <summary>Files below a folder, at any depth, by their path from there with slashes.</summary>
    /// <param name="refused">Told of what is no plain file.</param>
    public static IEnumerable<FileInfo> Files(string path, Action<string> refused)
    {
        if (!Directory.Exists(path))
            yield break;
        var seen = 0;
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(path)]);
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in folder.EnumerateFileSystemInfos("*", Here))
            {
                if (++seen > MaxEntries)
                    throw new SourceException($"{path} holds more than {MaxEntries} files.");
                if (entry.LinkTarget is not null || entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                    refused($"{entry.FullName} is a link, which is not followed");
                else if (entry is DirectoryInfo inner)
                    folders.Push(inner);
                else if (entry is FileInfo file)
                    yield return file;
            }
        }
    }

    /// <summary>A file's path below a folder, with slashes.</summary>
    public static string Below(string folder, FileInfo file) => Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>
    /// Opens a file. What has no length is not opened but empty: so are pipes, whose opening waits for a writer that may
    /// never come, and .NET does not tell the two apart.
    /// </summary>
    /// <exception cref="SourceException">It is none, or cannot be read.</exception>
    public static Stream Open(string path)
    {
        try
        {
            RefuseLink(path);
            return new FileInfo(path).Length == 0 ? Stream.Null : new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>A file as text.</summary>
    /// <exception cref="SourceException">It is longer than that many bytes, or cannot be read.</exception>
    public static string Text(string path, int maxBytes)
    {
        using var file = Open(path);
        if (file.Length > maxBytes)
            throw new SourceException($"{path} is longer than {maxBytes} bytes.");
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private static void RefuseLink(string path)
    {
        if (new FileInfo(path) is { LinkTarget: not null } || new DirectoryInfo(path) is { LinkTarget: not null })
            throw new SourceException($"{path} is a link, which is not followed.");
    }
}
