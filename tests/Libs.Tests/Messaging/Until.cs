namespace MlopsPlane.Libs.Tests.Messaging;

/// <summary>Waits for what other threads and processes do, with a bound.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 60)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await condition())
            await Task.Delay(50, bound.Token);
    }

    public static Task TrueAsync(Func<bool> condition, int seconds = 60) => TrueAsync(() => Task.FromResult(condition()), seconds);
}
