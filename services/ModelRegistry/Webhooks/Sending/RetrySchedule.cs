namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>When a delivery that failed is tried again.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>What the receiver asks for, between a second and an hour; else twice as long each time, give or take a quarter.</summary>
    /// <param name="attempts">Attempts made so far, at least 1.</param>
    /// <param name="jitter">From 0 to 1, by chance: receivers that come back are not met by everybody at once.</param>
    public static TimeSpan Wait(int attempts, double firstSeconds, TimeSpan? asked, double jitter)
    {
        if (asked is { } wanted)
            return wanted < Shortest ? Shortest : wanted > Longest ? Longest : wanted;
        var seconds = firstSeconds * Math.Pow(2, Math.Min(attempts - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds) * (0.75 + (jitter / 2)));
    }
}
