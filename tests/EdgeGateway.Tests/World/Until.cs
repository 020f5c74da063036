using System.Diagnostics;

namespace MlopsPlane.EdgeGateway.Tests.World;

internal static class Until
{
    /// <summary>Looks again and again until it holds; fails after the bound.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, TimeSpan bound, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < bound, $"Not within {bound}: {what}");
            await Task.Delay(20);
        }
    }
}
