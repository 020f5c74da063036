using System.ComponentModel;
using System.Diagnostics;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Libs.Tests.Artifacts;

/// <summary>Python's S3 client, which shares no code with ours, as a second reader and writer of a bucket.</summary>
internal static class Boto3
{
    private const string Missing = "boto3: pip install boto3 for python3, or name a Python that has it in PLANE_TEST_PYTHON.";

    private const string Prelude = """
        import sys, boto3
        from botocore.config import Config
        address, key, bucket, name, file = sys.argv[1:]
        s3 = boto3.client("s3", endpoint_url=address, aws_access_key_id=key, aws_secret_access_key=key, region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"))

        """;

    /// <summary>Puts a local file into the bucket under the key.</summary>
    public static Task UploadAsync(S3Server server, string key, string file) =>
        RunAsync(Prelude + "s3.upload_file(file, bucket, name)", server, key, file);

    /// <summary>Fetches the object into a local file.</summary>
    public static Task DownloadAsync(S3Server server, string key, string file) =>
        RunAsync(Prelude + "s3.download_file(bucket, name, file)", server, key, file);

    private static async Task RunAsync(string script, S3Server server, string key, string file)
    {
        foreach (var python in new[] { Environment.GetEnvironmentVariable("PLANE_TEST_PYTHON"), "python3", "/usr/bin/python3" })
        {
            if (python is null || await StartAsync(python, "import boto3") is not { Status: 0 })
                continue;
            var (status, errors) = (await StartAsync(python, script, server.Address, S3Server.Key, S3Server.Bucket, key, file))!.Value;
            Assert.True(status == 0, errors);
            return;
        }

        Require.Missing(Missing);
    }

    private static async Task<(int Status, string Errors)?> StartAsync(string python, string script, params string[] arguments)
    {
        var info = new ProcessStartInfo(python, ["-c", script, .. arguments]) { RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using var process = Process.Start(info)!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, errors);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
