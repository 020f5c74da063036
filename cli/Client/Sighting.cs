using System.Net;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Client;

/// <summary>What answers at an address.</summary>
internal enum ServerKind
{
    /// <summary>Something that this program knows nothing of.</summary>
    Other,

    /// <summary>A tracking server of MLflow: models, runs and experiments work, the rest does not.</summary>
    Mlflow,

    /// <summary>A plane, in one process or behind its edge.</summary>
    Plane,
}

/// <param name="WhoAmI">The server's answer to that question, which may refuse.</param>
/// <param name="Subject">Whom it takes its caller for; null when it refused.</param>
/// <param name="MlflowVersion">The version of MLflow whose API it speaks.</param>
internal sealed record Sighting(ServerKind Kind, RawAnswer WhoAmI, string? Subject, string? MlflowVersion)
{
    private const int MaxVersion = 40;

    /// <summary>Looks who is there.</summary>
    /// <exception cref="CliException">Nobody answers.</exception>
    public static async Task<Sighting> LookAsync(PlaneClient client, CancellationToken ct)
    {
        var who = await client.AskAsync("api/v1/access/whoami", ct);
        var version = await client.AskAsync("version", ct);
        var text = version is { IsSuccess: true } && version.Body.Trim() is { Length: > 0 and <= MaxVersion } told && char.IsAsciiDigit(told[0]) ? told : null;
        var json = who.Json();
        var isPlane = (who.IsSuccess && json?.At("rules") is not null)
            || (who.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden && json?.Text("code") is not null && text is not null);
        return new Sighting(isPlane ? ServerKind.Plane : text is not null ? ServerKind.Mlflow : ServerKind.Other, who, who.IsSuccess ? json?.Text("subject") : null, text);
    }

    /// <summary>The version of the product; null when the server does not tell it to this caller.</summary>
    public static async Task<string?> VersionAsync(PlaneClient client, CancellationToken ct) =>
        await client.AskAsync("ui/about", ct) is { IsSuccess: true } about ? about.Json()?.Text("version") : null;
}
