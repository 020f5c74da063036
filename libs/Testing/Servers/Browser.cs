using System.Diagnostics;

namespace MlopsPlane.Testing.Servers;

/// <summary>Debian's Chromium without a window.</summary>
public static class Browser
{
    private const string Program = "/usr/bin/chromium";

    /// <summary>The document at an address as it stands when its scripts have come to rest.</summary>
    public static async Task<string> DocumentAsync(Uri address, CancellationToken ct)
    {
        if (!File.Exists(Program))
            Require.Missing("Chromium: install the package chromium.");
        var profile = Directory.CreateTempSubdirectory("plane-browser-");
        try
        {
            var info = new ProcessStartInfo(Program, [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", $"--user-data-dir={profile.FullName}",
                "--virtual-time-budget=15000", "--dump-dom", address.AbsoluteUri])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var browser = Process.Start(info)!;
            var complaints = browser.StandardError.ReadToEndAsync(ct);
            var document = await browser.StandardOutput.ReadToEndAsync(ct);
            await browser.WaitForExitAsync(ct);
            return document.Length > 0 ? document : throw new InvalidOperationException($"Chromium showed nothing: {await complaints}");
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }
}
