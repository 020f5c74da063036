namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>Instants as microseconds since 1970 UTC, fine enough to tell apart what happens in one millisecond.</summary>
internal static class DeploymentInstant
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    public static long NowMicroseconds(this TimeProvider clock) => Microseconds(clock.GetUtcNow());

    public static long Microseconds(DateTimeOffset at) => (at.UtcTicks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond;

    public static DateTimeOffset ToDateTime(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond);

    public static long Span(TimeSpan span) => span.Ticks / TicksPerMicrosecond;
}
