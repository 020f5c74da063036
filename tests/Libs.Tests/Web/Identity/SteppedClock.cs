using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Libs.Tests.Web.Identity;

/// <summary>A clock that a test moves.</summary>
internal sealed class SteppedClock(DateTimeOffset? start = null) : TimeProvider
{
    private DateTimeOffset now = start ?? new DateTimeOffset(2026, 11, 26, 12, 30, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Move(TimeSpan by) => now += by;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;
}

internal static class IdentityParts
{
    public static IdentityMetrics Metrics() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
}
