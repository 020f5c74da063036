using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace MlopsPlane.Testing;

/// <summary>Waits for what other threads and processes do, with a bound.</summary>
public static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks again and again until the condition holds; fails after the bound.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 60, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(seconds), $"Not within {seconds} s: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, int, string)"/>
    public static Task TrueAsync(Func<bool> condition, int seconds = 60, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(() => Task.FromResult(condition()), seconds, what);
}
