using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MlopsPlane.Testing.Servers;

/// <summary>An S3 endpoint on loopback (npm's s3rver) with one empty bucket.</summary>
public sealed class S3Server : IDisposable
{
    /// <summary>The key that s3rver accepts.</summary>
    public const string Key = "S3RVER";

    private readonly Process process;
    private readonly DirectoryInfo folder;
    private bool stopped;

    private S3Server(Process process, DirectoryInfo folder, string address)
    {
        this.process = process;
        this.folder = folder;
        Address = address;
    }

    public static string Bucket => "artifacts";

    public string Address { get; }

    /// <summary>Settings of a host that keeps its artifacts here.</summary>
    public IReadOnlyDictionary<string, string?> Settings(string prefix = "") => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Artifacts:Store"] = "S3",
        ["Artifacts:S3:Bucket"] = Bucket,
        ["Artifacts:S3:Prefix"] = prefix,
        ["Artifacts:S3:ServiceUrl"] = Address,
        ["Artifacts:S3:AccessKey"] = Key,
        ["Artifacts:S3:SecretKey"] = Key,
    };

    /// <summary>Starts a server of the caller's own; null when npm's packages are not installed.</summary>
    public static async Task<S3Server?> StartAsync()
    {
        if (NodePackages.Find(".bin/s3rver") is not { } program)
            return null;
        var home = Directory.CreateTempSubdirectory("plane-s3-");
        var port = FreePort.Next();
        var info = new ProcessStartInfo(program, ["-d", home.FullName, "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture),
            "--no-vhost-buckets", "--silent", "--configure-bucket", Bucket])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        // Its tokens for the next page of a listing use a cipher that Node's OpenSSL offers on request only.
        info.Environment["NODE_OPTIONS"] = "--openssl-legacy-provider";
        var started = Process.Start(info)!;
        _ = started.StandardError.BaseStream.CopyToAsync(Stream.Null);
        var server = new S3Server(started, home, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return server;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        server.Dispose();
        throw new InvalidOperationException("s3rver did not start within ten seconds.");
    }

    public void Dispose()
    {
        if (stopped)
            return;
        stopped = true;
        process.Kill(entireProcessTree: true);
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
