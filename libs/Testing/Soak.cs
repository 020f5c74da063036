namespace MlopsPlane.Testing;

/// <summary>Whether the long rounds of the fault tests run: <c>./test.sh --soak</c>.</summary>
public static class Soak
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("PLANE_SOAK") == "1";
}
