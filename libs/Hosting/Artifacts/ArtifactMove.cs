using System.Globalization;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Hosting.Artifacts;

/// <summary>
/// The files of a workspace on their way into another one, and what becomes of their addresses. They get a folder of
/// their own there: its name says whose they were and when, so that no two moves meet.
/// </summary>
/// <param name="from">Name of the workspace that ends.</param>
/// <param name="to">Name of the workspace that takes them.</param>
public sealed class ArtifactMove(string from, string to, DateTimeOffset at)
{
    private readonly string folder = string.Create(CultureInfo.InvariantCulture, $"from-{from}-{at.UtcDateTime:yyyyMMddHHmmssfff}");

    public ArtifactPath Source => ArtifactScope.Place(from, ArtifactPath.Root);

    public ArtifactPath Target => ArtifactPath.TryParse(folder, out var path)
        ? ArtifactScope.Place(to, path)
        : throw new InvalidOperationException($"The folder '{folder}' is no path.");

    /// <summary>What the usual address of a file begins with before.</summary>
    public string Before { get; } = ArtifactScope.Uri(from) + "/";

    /// <summary>What it begins with afterwards.</summary>
    public string After => $"{ArtifactScope.Uri(to)}/{folder}/";

    /// <summary>The address after the move; null for one that does not lead into the workspace's files.</summary>
    public string? Follow(string uri)
    {
        if (uri.StartsWith(After, StringComparison.Ordinal) || !ArtifactUri.TryResolve(uri, out var path) || !ArtifactScope.IsOf(from, path))
            return null;
        var below = ArtifactScope.Place(from, path).Value[Source.Value.Length..].TrimStart('/');
        return After + string.Join('/', below.Split('/').Select(Uri.EscapeDataString));
    }
}
