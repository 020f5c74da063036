using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf.Collections;
using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

public sealed class SharedMemoryTests : IDisposable
{
    private readonly GrpcPlane plane;
    private readonly ServingWorld world;
    private readonly GrpcClient client;
    private readonly List<string> files = [];

    public SharedMemoryTests(GrpcPlane plane)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        this.plane = plane;
        world = new ServingWorld(plane);
        client = new GrpcClient(plane, world.Workspace);
    }

    [Fact]
    public async Task Tensors_come_from_a_region_and_go_into_one()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var key = Object(64, MemoryMarshal.AsBytes<float>([9, 1.5f, float.NaN, 9]).ToArray());
        await RegisterAsync("in", key, 4, 60);
        await RegisterAsync("out", key, 32, 32);
        var request = Request(name);
        Place(request.Inputs[0].Parameters, "in", 0, 8);
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "y" });
        Place(request.Outputs[0].Parameters, "out", 8, 16);
        var answer = await client.InferAsync(request);
        var parameters = answer.Outputs[0].Parameters;
        Assert.Equal(("out", 8L, 8L), (parameters["shared_memory_region"].StringParam, parameters["shared_memory_offset"].Int64Param, parameters["shared_memory_byte_size"].Int64Param));
        Assert.Empty(Assert.Single(answer.RawOutputContents));
        var bytes = await File.ReadAllBytesAsync("/dev/shm" + key, TestContext.Current.CancellationToken);
        Assert.Equal(64, bytes.Length);
        Assert.Equal(bytes[4..12], bytes[40..48]);
        Assert.All(bytes[48..], one => Assert.Equal(0, one));
        Place(request.Outputs[0].Parameters, "out", 28, 4);
        await client.RefusedAsync(request, StatusCode.InvalidArgument, "'y'", "8 bytes", "leaves it 4");
    }

    [Fact]
    public async Task A_region_is_told_and_forgotten_and_is_its_workspaces_own()
    {
        var key = Object(64);
        await RegisterAsync("a", key, 16, 48);
        await GrpcClient.RefusedAsync(() => RegisterAsync("a", key, 0, 8), StatusCode.AlreadyExists, "'a'");
        await RegisterAsync("b", key, 0, 8);
        var region = Assert.Single(await StatusAsync("a"));
        Assert.Equal(("a", key, 16ul, 48ul), (region.Name, region.Key, region.Offset, region.ByteSize));
        Assert.Equal(["a", "b"], (await StatusAsync("")).Select(one => one.Name).Order());
        using (var elsewhere = new GrpcClient(plane, PlaneFixture.FreshWorkspace()))
        {
            var seen = await elsewhere.AskAsync<SystemSharedMemoryStatusRequest, SystemSharedMemoryStatusResponse>("SystemSharedMemoryStatus", new());
            Assert.Empty(seen.Regions);
            await elsewhere.AskAsync<SystemSharedMemoryUnregisterRequest, SystemSharedMemoryUnregisterResponse>("SystemSharedMemoryUnregister", new());
        }

        await client.AskAsync<SystemSharedMemoryUnregisterRequest, SystemSharedMemoryUnregisterResponse>("SystemSharedMemoryUnregister", new() { Name = "a" });
        await GrpcClient.RefusedAsync(() => StatusAsync("a"), StatusCode.NotFound, "'a'");
        await client.AskAsync<SystemSharedMemoryUnregisterRequest, SystemSharedMemoryUnregisterResponse>("SystemSharedMemoryUnregister", new());
        Assert.Empty(await StatusAsync(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a/b")]
    [InlineData("/../etc/passwd")]
    [InlineData("..")]
    [InlineData("/.")]
    [InlineData("//x")]
    [InlineData("/x\0y")]
    [InlineData("/not there")]
    [InlineData("/plane-test-that-does-not-exist")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        await GrpcClient.RefusedAsync(() => RegisterAsync("r", key, 0, 1), StatusCode.InvalidArgument, "'key'");

    [Fact]
    public async Task A_link_a_folder_and_a_pipe_are_refused()
    {
        await GrpcClient.RefusedAsync(() => RegisterAsync("r", "/" + new string('k', 300), 0, 1), StatusCode.InvalidArgument, "'key'", "255");
        var target = Path.Combine(plane.DataFolder, $"secret-{Guid.CreateVersion7():N}");
        await File.WriteAllBytesAsync(target, new byte[64], TestContext.Current.CancellationToken);
        var link = Fresh();
        File.CreateSymbolicLink("/dev/shm" + link, target);
        await GrpcClient.RefusedAsync(() => RegisterAsync("r", link, 0, 1), StatusCode.InvalidArgument, "is a link");
        var folder = Fresh();
        Directory.CreateDirectory("/dev/shm" + folder);
        await GrpcClient.RefusedAsync(() => RegisterAsync("r", folder, 0, 1), StatusCode.InvalidArgument, "'key'");
        var pipe = Fresh();
        using (var made = System.Diagnostics.Process.Start("mkfifo", "/dev/shm" + pipe))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        await GrpcClient.RefusedAsync(() => RegisterAsync("r", pipe, 0, 1), StatusCode.InvalidArgument, "'key'");
    }

    [Fact]
    public async Task A_region_beyond_its_object_and_a_tensor_beyond_its_region_are_refused()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var key = Object(64);
        foreach (var (offset, bytes) in new[] { (0ul, 65ul), (64ul, 1ul), (65ul, 1ul), (ulong.MaxValue, 1ul), (1ul, ulong.MaxValue), (0ul, 0ul) })
            await GrpcClient.RefusedAsync(() => RegisterAsync("r", key, offset, bytes), StatusCode.InvalidArgument, "'byte_size'");
        foreach (var wrong in new[] { "", new string('r', 257), "a\nb" })
            await GrpcClient.RefusedAsync(() => RegisterAsync(wrong, key, 0, 1), StatusCode.InvalidArgument, "'name'");
        await RegisterAsync("r", key, 48, 16);
        var request = Request(name);
        foreach (var (offset, bytes, said) in new[] { (0L, 17L, "'r'"), (9, 8, "'r'"), (long.MaxValue, 8, "'r'"), (0, 0, "shared_memory_byte_size"), (-1, 8, "shared_memory_offset"), (0, 4, "8 bytes") })
        {
            Place(request.Inputs[0].Parameters, "r", offset, bytes);
            await client.RefusedAsync(request, StatusCode.InvalidArgument, "'x'", said);
        }

        Place(request.Inputs[0].Parameters, "absent", 0, 8);
        await client.RefusedAsync(request, StatusCode.NotFound, "'absent'");
        Place(request.Inputs[0].Parameters, "r", 8, 8);
        await client.InferAsync(request);
    }

    [Fact]
    public async Task An_object_that_becomes_shorter_harms_only_the_requests_that_use_it()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var key = Object(8192);
        await RegisterAsync("r", key, 0, 8192);
        await using (var file = new FileStream("/dev/shm" + key, FileMode.Open))
            file.SetLength(10);
        var request = Request(name);
        Place(request.Inputs[0].Parameters, "r", 8000, 8);
        await client.RefusedAsync(request, StatusCode.InvalidArgument, "shorter");
        request = GrpcClient.Floats(name, [1, 2], 1, 2);
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "y" });
        Place(request.Outputs[0].Parameters, "r", 8000, 8);
        await client.RefusedAsync(request, StatusCode.InvalidArgument, "shorter");
        Assert.Equal(10, new FileInfo("/dev/shm" + key).Length);
        await client.InferAsync(GrpcClient.Floats(name, [1, 2], 1, 2));
    }

    [Fact]
    public async Task Regions_are_registered_over_HTTP_too_and_memory_of_CUDA_is_not()
    {
        var key = Object(64);
        using (var made = await world.Http.PostAsJsonAsync("/v2/systemsharedmemory/region/h/register", new { key, offset = 8, byte_size = 16 }))
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        using (var again = await world.Http.PostAsJsonAsync("/v2/systemsharedmemory/region/h/register", new { key, byte_size = 16 }))
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using (var wrong = await world.Http.PostAsJsonAsync("/v2/systemsharedmemory/region/i/register", new { key, byte_size = 65 }))
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var region = (await world.Http.GetFromJsonAsync<JsonElement>("/v2/systemsharedmemory/region/h/status"))[0];
        Assert.Equal($$"""{"name":"h","key":"{{key}}","offset":8,"byte_size":16}""", region.GetRawText());
        (await world.Http.PostAsync("/v2/systemsharedmemory/region/h/unregister", null)).Dispose();
        Assert.Equal(0, (await world.Http.GetFromJsonAsync<JsonElement>("/v2/systemsharedmemory/status")).GetArrayLength());
        using (var cuda = await world.Http.PostAsJsonAsync("/v2/cudasharedmemory/region/h/register", new { }))
            Assert.Equal(HttpStatusCode.NotImplemented, cuda.StatusCode);
        await GrpcClient.RefusedAsync(() => client.AskAsync<CudaSharedMemoryStatusRequest, CudaSharedMemoryStatusResponse>("CudaSharedMemoryStatus", new()), StatusCode.Unimplemented, "CUDA");
        await GrpcClient.RefusedAsync(
            () => client.AskAsync<CudaSharedMemoryRegisterRequest, CudaSharedMemoryRegisterResponse>("CudaSharedMemoryRegister", new() { Name = "c" }), StatusCode.Unimplemented, "CUDA");
        await GrpcClient.RefusedAsync(
            () => client.AskAsync<CudaSharedMemoryUnregisterRequest, CudaSharedMemoryUnregisterResponse>("CudaSharedMemoryUnregister", new()), StatusCode.Unimplemented, "CUDA");
    }

    private Task<SystemSharedMemoryRegisterResponse> RegisterAsync(string name, string key, ulong offset, ulong bytes) =>
        client.AskAsync<SystemSharedMemoryRegisterRequest, SystemSharedMemoryRegisterResponse>(
            "SystemSharedMemoryRegister", new() { Name = name, Key = key, Offset = offset, ByteSize = bytes });

    private async Task<IEnumerable<SystemSharedMemoryStatusResponse.Types.RegionStatus>> StatusAsync(string name) =>
        (await client.AskAsync<SystemSharedMemoryStatusRequest, SystemSharedMemoryStatusResponse>("SystemSharedMemoryStatus", new() { Name = name })).Regions.Values;

    private static ModelInferRequest Request(string model) => new()
    {
        ModelName = model,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 2 } } },
    };

    private static void Place(MapField<string, InferParameter> parameters, string region, long offset, long bytes)
    {
        parameters["shared_memory_region"] = new() { StringParam = region };
        parameters["shared_memory_offset"] = new() { Int64Param = offset };
        parameters["shared_memory_byte_size"] = new() { Int64Param = bytes };
    }

    private string Fresh()
    {
        var key = $"/plane-test-{Guid.CreateVersion7():N}";
        files.Add("/dev/shm" + key);
        return key;
    }

    /// <summary>A new object of shared memory, as <c>shm_open</c> makes it; its key.</summary>
    private string Object(int bytes, byte[]? content = null)
    {
        var key = Fresh();
        var all = new byte[bytes];
        content?.CopyTo(all, 0);
        File.WriteAllBytes("/dev/shm" + key, all);
        return key;
    }

    public void Dispose()
    {
        foreach (var file in files)
        {
            if (Directory.Exists(file) && !File.Exists(file))
                Directory.Delete(file);
            else
                File.Delete(file);
        }

        client.Dispose();
        world.Dispose();
    }
}
