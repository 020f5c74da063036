namespace MlopsPlane.Storage.Artifacts.Local;

/// <summary>Moves a folder of this machine: one rename, unless something stands at its new name already.</summary>
internal static class FolderMove
{
    /// <param name="target">Its new place; the folder that holds it exists.</param>
    public static void Run(string source, string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(source, target);
        }
        else
        {
            foreach (var file in Directory.EnumerateFiles(source))
                File.Move(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
            foreach (var folder in Directory.EnumerateDirectories(source))
                Run(folder, Path.Combine(target, Path.GetFileName(folder)));
            Directory.Delete(source);
            DirectorySync.Flush(target);
        }

        DirectorySync.Flush(Path.GetDirectoryName(target)!);
        DirectorySync.Flush(Path.GetDirectoryName(source)!);
    }
}
