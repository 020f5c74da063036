using System.Text.Json;

namespace MlopsPlane.Cli.Settings;

/// <summary>The file with the profiles. It holds keys, so only its owner may read it.</summary>
internal sealed class ProfileFile(string path)
{
    /// <summary>Larger than any sensible file of profiles, in bytes.</summary>
    private const long MaxBytes = 1 << 20;

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    public string Path => path;

    /// <summary><c>PLANE_CONFIG</c>, else <c>plane/config.json</c> in <c>XDG_CONFIG_HOME</c> or <c>~/.config</c>.</summary>
    public static ProfileFile OfUser()
    {
        if (Environment.GetEnvironmentVariable("PLANE_CONFIG") is { Length: > 0 } named)
            return new ProfileFile(System.IO.Path.GetFullPath(named));
        var xdg = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        // The specification says that a relative one is to be ignored.
        var home = System.IO.Path.IsPathRooted(xdg) ? xdg! : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return new ProfileFile(System.IO.Path.Combine(home, "plane", "config.json"));
    }

    /// <summary>Who else may read or write the file, as octal digits; null when nobody, or when there is no file.</summary>
    public string? OpenMode()
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return null;
        var mode = File.GetUnixFileMode(path);
        return (mode & ~OwnerFolder) == UnixFileMode.None ? null : Convert.ToString((int)mode, 8);
    }

    /// <exception cref="CliException">Others may read it, or it cannot be read.</exception>
    public Profiles Read()
    {
        if (!File.Exists(path))
            return Profiles.None;
        if (OpenMode() is { } mode)
            throw new CliException(ExitCodes.Usage, "config_open", $"{path} has mode {mode}: others can read the keys in it.", $"chmod 600 {Shell.Quote(path)}");
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw Broken("it is too large");
            using var file = File.OpenRead(path);
            var read = JsonSerializer.Deserialize(file, ProfileJson.Default.Profiles);
            if (read?.Named is null || read.Named.Values.Any(profile => profile?.Url is null))
                throw Broken("it holds no profiles");
            return read with { Current = read.Current ?? Profiles.DefaultName };
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Broken(failure.Message);
        }
    }

    /// <summary>Replaces the file as a whole: a reader sees the old one or the new one, also after a crash.</summary>
    /// <exception cref="CliException">It cannot be written.</exception>
    public void Write(Profiles profiles)
    {
        // A link that a user's tools manage stays one; what it points to is replaced.
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        var folder = System.IO.Path.GetDirectoryName(target)!;
        var temporary = System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(target)}.{Guid.CreateVersion7():N}");
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, OwnerFolder);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerFile;
            using (var file = new FileStream(temporary, options))
            {
                JsonSerializer.Serialize(file, profiles, ProfileJson.Default.Profiles);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, "config_unwritable", $"{path} cannot be written: {failure.Message}");
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    private CliException Broken(string why) =>
        new(ExitCodes.Usage, "config_broken", $"{path} cannot be used: {why}", "Repair it, or delete it and log in again.");
}
