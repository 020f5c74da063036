using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Faults;

/// <summary>A real full disk: a small file system in memory under the artifact folder.</summary>
public sealed class DiskFullTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-full-");
    private bool mounted;

    [Fact]
    public async Task A_disk_that_fills_while_an_artifact_is_written_gives_an_error_and_leaves_no_partial_file()
    {
        var artifacts = Directory.CreateDirectory(Path.Combine(folder.FullName, "artifacts")).FullName;
        mounted = Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", artifacts);
        if (!mounted)
            Require.Missing("the right to mount a small file system (root).");
        using var plane = await PlaneProcess.StartAsync(folder.FullName);
        const string Folder = "/api/2.0/mlflow-artifacts/artifacts";

        using (var small = await plane.Http.PutAsync($"{Folder}/a/small.bin", new ByteArrayContent(new byte[1_000_000])))
            Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        using (var large = await plane.Http.PutAsync($"{Folder}/a/large.bin", new ByteArrayContent(new byte[16_000_000])))
        {
            Assert.True((int)large.StatusCode is 503 or 507, $"{large.StatusCode}: {await large.Content.ReadAsStringAsync()}");
            Assert.Contains("error_code", await large.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var missing = await plane.Http.GetAsync($"{Folder}/a/large.bin"))
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        var listed = await plane.Http.GetFromJsonAsync<JsonElement>($"{Folder}?path=a");
        Assert.Equal(["small.bin"], listed.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        // The space of the failed upload is free again.
        using var another = await plane.Http.PutAsync($"{Folder}/a/another.bin", new ByteArrayContent(new byte[1_500_000]));
        Assert.Equal(HttpStatusCode.OK, another.StatusCode);
    }

    public void Dispose()
    {
        if (mounted)
            Run("umount", "-l", Path.Combine(folder.FullName, "artifacts"));
        folder.Delete(recursive: true);
    }

    private static bool Run(params string[] command)
    {
        var info = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true };
        using var process = Process.Start(info)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
