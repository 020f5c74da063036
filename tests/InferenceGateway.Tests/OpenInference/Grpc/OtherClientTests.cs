using System.ComponentModel;
using System.Diagnostics;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

/// <summary>Clients that share no code with the gateway, with a proto file that they load themselves.</summary>
public sealed class OtherClientTests(GrpcPlane plane)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "OpenInference", "Grpc", "Clients");

    [Fact]
    public async Task Python_infers()
    {
        foreach (var python in new[] { Environment.GetEnvironmentVariable("PLANE_TEST_PYTHON"), "python3", "/usr/bin/python3" })
        {
            if (python is null || await RunAsync(python, "-c", "import grpc, google.protobuf, shutil, sys; sys.exit(shutil.which('protoc') is None)") is not { Status: 0 })
                continue;
            var compiled = Directory.CreateTempSubdirectory("plane-proto-");
            await AnswersAsync(python, "client.py", compiled.FullName);
            compiled.Delete(recursive: true);
            return;
        }

        Require.Missing("grpcio, protobuf and protoc: apt-get install python3-grpcio python3-protobuf protobuf-compiler.");
    }

    [Fact]
    public async Task Node_infers()
    {
        var package = NodePackages.Find("@grpc/grpc-js/package.json");
        if (package is null || await RunAsync("node", "--version") is not { Status: 0 })
            Require.Missing("@grpc/grpc-js and Node: run npm ci.");
        await AnswersAsync("node", "client.mjs", package![..package!.IndexOf("@grpc", StringComparison.Ordinal)]);
    }

    private async Task AnswersAsync(string program, string script, string last)
    {
        using var world = new ServingWorld(plane);
        var model = await world.DeployAsync("identity-fp32.onnx");
        var (status, output) = (await RunAsync(program, Path.Combine(Folder, script), new Uri(plane.GrpcAddress).Authority, world.Workspace, model, Path.Combine(Folder, "client.proto"), last))!.Value;
        Assert.True(status == 0 && output.EndsWith("ok\n", StringComparison.Ordinal), output);
    }

    private static async Task<(int Status, string Output)?> RunAsync(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        try
        {
            using var process = Process.Start(info)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, await errors + await output);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
