using System.Buffers.Text;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Commands.Keys;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>The key or token: known to the server, and good for some more days.</summary>
internal static class KeyCheck
{
    private const string Name = "key";
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    public static async Task<Finding> RunAsync(Call call, Sighting seen, CancellationToken ct)
    {
        var target = call.Target;
        if (seen.Subject is null)
        {
            return target.Key is null
                ? Finding.Failed(Name, "the server asks for a key, and there is none", "plane login stores one; or set PLANE_KEY.")
                : Finding.Failed(Name, $"the server refuses the key from {target.KeyFrom}", "It is unknown, revoked or expired: plane login stores another one.");
        }

        if (target.Key is null)
            return Finding.Ok(Name, $"the server asks for none; you are {seen.Subject}");
        var who = seen.WhoAmI.Json()!.Value;
        var ends = who.Text("keyId") is { } id ? await EndOfKeyAsync(call.Client, id, seen.Subject, ct) : EndOfToken(target.Key);
        var known = $"{seen.Subject}, from {target.KeyFrom}";
        if (ends is not { } end)
            return Finding.Ok(Name, known);
        var text = $"{known}; it ends at {JsonFields.Written(end)}";
        // A token of an identity provider is short-lived by intent.
        return who.Text("keyId") is not null && end - call.Clock.GetUtcNow() < Soon
            ? Finding.Warning(Name, text, "plane keys create makes the next one.")
            : Finding.Ok(Name, text);
    }

    private static async Task<DateTimeOffset?> EndOfKeyAsync(PlaneClient client, string id, string owner, CancellationToken ct)
    {
        try
        {
            var found = await Pages.ReadAsync(Pages.Of(client, Query.Of(KeyCommands.Path, ("owner", owner))), "keys", limit: 1, ct, key => key.Text("id") == id);
            return found.Entries.Count > 0 ? found.Entries[0].At("expiresAt")?.GetDateTimeOffset() : null;
        }
        catch (CliException refused) when (refused.ExitCode != ExitCodes.Unreachable)
        {
            return null;
        }
    }

    /// <summary>RFC 7519's <c>exp</c>; null when it is no JSON Web Token, or one without an end.</summary>
    private static DateTimeOffset? EndOfToken(string token)
    {
        if (token.Split('.') is not [_, var payload, _])
            return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return claims.RootElement.Number("exp") is { } seconds and > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            return null;
        }
    }
}
