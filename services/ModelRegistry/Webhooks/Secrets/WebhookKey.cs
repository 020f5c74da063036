using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Storage.Artifacts.Local;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ModelRegistry.Webhooks.Secrets;

/// <summary>
/// The key that encrypts the secrets of webhooks: configured, or in the one-process product made at the first use and kept
/// beside the databases. Replicas cannot agree on one by themselves, so there it must be configured.
/// </summary>
internal sealed class WebhookKey(IOptions<WebhookOptions> options, IOptions<DatabaseOptions> storage, bool mayMake)
{
    /// <summary>Of the key file in the data folder; backups carry files of this ending.</summary>
    public const string FileName = "webhooks.key";

    /// <summary>Length of a key in bytes.</summary>
    public const int Length = 32;

    private readonly Lock guard = new();
    private byte[]? key;

    /// <summary>The key, when there is one.</summary>
    public bool TryGet([NotNullWhen(true)] out byte[]? found)
    {
        lock (guard)
            found = key ??= Read();
        return found is not null;
    }

    /// <summary>The key, made if need be; it is on the disk before this returns.</summary>
    /// <exception cref="Primitives.PlaneException">400: none is configured and none may be made.</exception>
    public byte[] Take()
    {
        lock (guard)
        {
            key ??= Read();
            if (key is null && !mayMake)
                throw MlflowErrors.Invalid(
                    "Invalid value for parameter 'secret' supplied: this server cannot keep secrets, since neither Webhooks:SecretKey nor Webhooks:SecretKeyFile is configured.");
            return key ??= Make();
        }
    }

    /// <summary>A key of <see cref="Length"/> bytes from its base64; null when the text is none.</summary>
    public static byte[]? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length == Length ? bytes.ToArray() : null;
    }

    private string OwnFile => Path.Combine(Path.GetFullPath(storage.Value.DataFolder), FileName);

    private byte[]? Read()
    {
        if (options.Value.SecretKey is { Length: > 0 } configured)
            return Parse(configured);
        if (options.Value.SecretKeyFile is { Length: > 0 } file)
            return ReadFile(file);
        return mayMake && File.Exists(OwnFile) ? ReadFile(OwnFile) : null;
    }

    private static byte[] ReadFile(string file) =>
        Parse(File.ReadAllText(file)) ?? throw new InvalidDataException($"{file} does not hold a key: {Length} bytes in base64.");

    private byte[] Make()
    {
        var made = RandomNumberGenerator.GetBytes(Length);
        var file = OwnFile;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // Whole or not there: a half-written key would lose every secret encrypted with it.
        var partial = file + ".partial";
        var mode = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(partial, mode))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(made) + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, file);
        DirectorySync.Flush(Path.GetDirectoryName(file)!);
        return made;
    }
}
