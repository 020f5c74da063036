using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>The file with the profiles: readable, and by its owner only.</summary>
internal static class ConfigCheck
{
    private const string Name = "configuration";

    public static Finding Run(Call call)
    {
        var path = call.File.Path;
        if (!File.Exists(path))
            return Finding.Ok(Name, $"there is no {path}");
        try
        {
            var profiles = call.File.Read();
            return FolderIsOpen(path) is { } mode
                ? Finding.Warning(Name, $"the folder of {path} has mode {mode}: others can replace the file", $"chmod 700 {Shell.Quote(Path.GetDirectoryName(path)!)}")
                : Finding.Ok(Name, $"{path}, {profiles.Named.Count} profile(s), current '{profiles.Current}'");
        }
        catch (CliException failure)
        {
            return Finding.Failed(Name, failure);
        }
    }

    /// <summary>The folder's mode when others may write in it; a sticky one is fine.</summary>
    private static string? FolderIsOpen(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var mode = File.GetUnixFileMode(Path.GetDirectoryName(path)!);
        return mode.HasFlag(UnixFileMode.StickyBit) || (mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == UnixFileMode.None ? null : Convert.ToString((int)mode, 8);
    }
}
