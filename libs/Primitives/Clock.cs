namespace MlopsPlane.Primitives;

/// <summary>Instants in the units that the protocols and tables use.</summary>
public static class Clock
{
    /// <summary>The present instant in milliseconds since 1970-01-01 UTC, MLflow's unit of time.</summary>
    public static long NowMilliseconds(this TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A time-ordered id (UUID version 7) in 32 lower-case hex digits, the form of MLflow's run ids.</summary>
    public static string NewHexId(this TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
}
