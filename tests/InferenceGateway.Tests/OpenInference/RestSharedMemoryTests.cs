using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference;

public sealed class RestSharedMemoryTests : IDisposable
{
    private readonly string key = $"/plane-test-{Guid.CreateVersion7():N}";
    private readonly ServingWorld world;

    public RestSharedMemoryTests(AllInOneOnSqlite plane)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        world = new ServingWorld(plane);
        var memory = new byte[64];
        MemoryMarshal.AsBytes<float>([1.5f, float.NaN]).CopyTo(memory.AsSpan(8));
        File.WriteAllBytes("/dev/shm" + key, memory);
    }

    [Fact]
    public async Task Tensors_come_from_a_region_and_go_into_one()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        using (var registered = await world.Http.PostAsJsonAsync("/v2/systemsharedmemory/region/r/register", new { key, offset = 0, byte_size = 64 }, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        var answer = await world.InferAsync(name, Request("r", 8, 8, "r", 32, 8));
        var output = answer.GetProperty("outputs")[0];
        var parameters = output.GetProperty("parameters");
        Assert.False(output.TryGetProperty("data", out _));
        Assert.Equal(("r", 32, 8), (parameters.GetProperty("shared_memory_region").GetString(), parameters.GetProperty("shared_memory_offset").GetInt32(), parameters.GetProperty("shared_memory_byte_size").GetInt32()));
        var bytes = await File.ReadAllBytesAsync("/dev/shm" + key, TestContext.Current.CancellationToken);
        Assert.Equal(bytes[8..16], bytes[32..40]);
        await world.RefusedAsync(name, Request("other", 8, 8, "r", 32, 8), HttpStatusCode.NotFound, "'other'");
        await world.RefusedAsync(name, Request("r", 60, 8, "r", 32, 8), HttpStatusCode.BadRequest, "input 'x'", "64");
        await world.RefusedAsync(name, Request("r", 8, 8, "r", 32, 4), HttpStatusCode.BadRequest, "'y'", "8 bytes");
        await world.RefusedAsync(name, Request("r", 8, 4, "r", 32, 8), HttpStatusCode.BadRequest, "'x'", "1 elements");
        await world.RefusedAsync(name, """{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2],"parameters":{"shared_memory_region":"r","shared_memory_byte_size":8}}]}""",
            HttpStatusCode.BadRequest, "both", "shared_memory_region");
        await world.RefusedAsync(name, """{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"shared_memory_region":7}}]}""",
            HttpStatusCode.BadRequest, "shared_memory_region", "string");
        var server = await world.Http.GetStringAsync("/v2");
        Assert.Contains("system_shared_memory", server, StringComparison.Ordinal);
    }

    private static object Request(string from, int at, int bytes, string to, int toOffset, int toBytes) => new
    {
        inputs = new[] { new { name = "x", shape = new[] { 1, 2 }, datatype = "FP32", parameters = Place(from, at, bytes) } },
        outputs = new[] { new { name = "y", parameters = Place(to, toOffset, toBytes) } },
    };

    private static object Place(string region, int offset, int bytes) =>
        new { shared_memory_region = region, shared_memory_offset = offset, shared_memory_byte_size = bytes };

    public void Dispose()
    {
        world.Dispose();
        File.Delete("/dev/shm" + key);
    }
}
