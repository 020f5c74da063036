using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Startup;

/// <summary>Holds a data folder for one process; the system lets go of it when the process ends, however it ends.</summary>
public static class DataFolderLock
{
    private const string FileName = "plane.lock";

    public static IDisposable Take(IServiceProvider services) =>
        Take(services.GetRequiredService<IOptions<DatabaseOptions>>().Value.DataFolder);

    /// <exception cref="StartRefusedException">Another process uses the folder, or it cannot be written.</exception>
    public static IDisposable Take(string dataFolder)
    {
        var folder = Path.GetFullPath(dataFolder);
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The data folder {folder} cannot be written by this user.");
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            throw new StartRefusedException($"The data folder {folder} is in use by another process. Stop it, or name another folder with --data DIR.");
        }
    }
}
