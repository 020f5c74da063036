using System.Text;

namespace MlopsPlane.Cli.Import;

/// <summary>
/// Remembers which runs have been sent, so that the next attempt only compares them. It is a hint: without it, or with a torn
/// one, everything is sent again and nothing is doubled.
/// </summary>
internal sealed class StateFile : IDisposable
{
    private const string Format = "plane-import-1";
    private const long MaxBytes = 1L << 30;
    private readonly Dictionary<string, string> done = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim gate = new(1);
    private readonly FileStream? file;

    private StateFile(FileStream? file) => this.file = file;

    /// <param name="path">Null for none.</param>
    /// <param name="of">What the state is of: source, destination and workspace; another import's file is refused.</param>
    public static StateFile Open(string? path, string of)
    {
        if (path is null)
            return new StateFile(null);
        try
        {
            var opened = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            var state = new StateFile(opened);
            state.Read(path, $"{Format}\t{of.Replace('\t', ' ')}");
            return state;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, "state_unusable", $"The state file {path} cannot be used: {failure.Message}");
        }
    }

    public bool Knows(string id, string fingerprint)
    {
        lock (done)
            return done.TryGetValue(id, out var known) && known == fingerprint;
    }

    public async Task DoneAsync(string id, string fingerprint, CancellationToken ct)
    {
        if (file is null)
            return;
        await gate.WaitAsync(ct);
        try
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes($"{id}\t{fingerprint}\n"), CancellationToken.None);
            await file.FlushAsync(CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        gate.Dispose();
    }

    private void Read(string path, string header)
    {
        if (file!.Length > MaxBytes)
            throw new CliException(ExitCodes.Usage, "state_unusable", $"The state file {path} is too large to be one.");
        if (file.Length == 0)
        {
            file.Write(Encoding.UTF8.GetBytes(header + "\n"));
            file.Flush();
            return;
        }

        using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadLine() != header)
            throw new CliException(ExitCodes.Usage, "state_of_another", $"The state file {path} belongs to another import.", "Name another file, or delete it: the import then sends everything again and doubles nothing.");
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is [var id, { Length: 64 } fingerprint])
                done[id] = fingerprint;
        }

        // A line that a kill tore off must not run into the next one.
        file.Seek(0, SeekOrigin.End);
        file.Write("\n"u8);
    }
}
