namespace MlopsPlane.ModelRegistry.Storage;

/// <summary>
/// Instants as microseconds since 1970 UTC. The wire shows milliseconds; the finer unit keeps "newest first" exact for
/// versions that were created within one millisecond.
/// </summary>
internal static class Instant
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    public static long NowMicroseconds(this TimeProvider clock) =>
        (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond;

    public static long ToMilliseconds(long microseconds) => microseconds / 1000;

    public static DateTimeOffset ToDateTime(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond);
}
