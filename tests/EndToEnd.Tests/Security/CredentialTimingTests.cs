using System.Diagnostics;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.EndToEnd.Tests.Security;

public sealed class CredentialTimingTests(GuardedOnSqlite plane)
{
    private const int Guesses = 400;

    /// <summary>
    /// More than two kinds of guesses that are treated alike differ by; a slow hash that is made only for keys whose visible
    /// part is known, the usual slip of this kind, would make it tens.
    /// </summary>
    private const double MostRatio = 1.5;

    [Fact]
    public async Task A_guess_that_begins_like_a_live_key_is_refused_no_slower_than_any_other()
    {
        var known = ApiKey.PrefixOf((await plane.AddAccountAsync()).Key);
        var (alike, other) = (new List<double>(), new List<double>());
        for (var i = 0; i < Guesses; i++)
        {
            // In turns, so that both kinds meet the same machine; each guess is new, so that none is remembered.
            other.Add(await RefusedAsync(ApiKey.Generate()));
            alike.Add(await RefusedAsync(known + ApiKey.Generate()[ApiKey.PrefixLength..]));
        }

        Assert.InRange(Median(alike) / Median(other), 1 / MostRatio, MostRatio);
    }

    /// <summary>Milliseconds until the key is refused.</summary>
    private async Task<double> RefusedAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/access/whoami");
        request.Headers.Authorization = new("Bearer", key);
        var began = Stopwatch.GetTimestamp();
        using var answer = await plane.Client.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
