using System.Security.Cryptography;
using System.Text;

namespace MlopsPlane.Contracts.ModelRegistry;

/// <summary>The digest of a set of files: that of the lines which <c>sha256sum</c> prints for them.</summary>
public static class ContentDigest
{
    /// <param name="files">Path and SHA-256 in lower-case hex of each, ordered by <see cref="string.CompareOrdinal(string, string)"/> of the paths.</param>
    public static string Of(IEnumerable<(string Path, string Sha256)> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, sha256) in files)
            hash.AppendData(Encoding.UTF8.GetBytes($"{sha256}  {path}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
