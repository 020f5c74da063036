using System.Diagnostics;

namespace MlopsPlane.Cli.Tests.World;

internal static class Signals
{
    /// <summary>What Ctrl-C sends.</summary>
    public static async Task InterruptAsync(Process process)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-INT", $"{process.Id}"]) { UseShellExecute = false })!;
        await kill.WaitForExitAsync();
    }
}
