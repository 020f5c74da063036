using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

/// <summary>The protocol's shared-memory extension over HTTP.</summary>
internal static class SharedMemoryEndpoints
{
    /// <summary>Whoever names a key reads and writes memory of other processes: more than to ask a model.</summary>
    public static AccessPolicy Policy { get; } = AccessPolicy.Write(ResourceKind.Deployment);

    public sealed record RegionView(string Name, string Key, long Offset, [property: JsonPropertyName("byte_size")] long ByteSize);

    public sealed record RegisterRequest(string? Key, ulong? Offset, [property: JsonPropertyName("byte_size")] ulong? ByteSize);

    public static void Map(IEndpointRouteBuilder v2)
    {
        var system = v2.MapGroup("/systemsharedmemory").Requires(Policy);
        system.MapGet("/status", Status).WithName("inference.ListSharedMemory");
        system.MapPost("/unregister", Unregister).WithName("inference.UnregisterAllSharedMemory");
        system.MapGet("/region/{name}/status", Status).WithName("inference.SharedMemoryStatus").ProducesProblem(404);
        system.MapPost("/region/{name}/register", Register).WithName("inference.RegisterSharedMemory").ProducesProblem(409);
        system.MapPost("/region/{name}/unregister", Unregister).WithName("inference.UnregisterSharedMemory");
        var cuda = v2.MapGroup("/cudasharedmemory").Requires(Policy).ExcludeFromDescription();
        cuda.MapGet("/status", NoCuda).WithName("inference.ListCudaSharedMemory");
        cuda.MapPost("/unregister", NoCuda).WithName("inference.UnregisterAllCudaSharedMemory");
        cuda.MapGet("/region/{name}/status", NoCuda).WithName("inference.CudaSharedMemoryStatus");
        cuda.MapPost("/region/{name}/register", NoCuda).WithName("inference.RegisterCudaSharedMemory");
        cuda.MapPost("/region/{name}/unregister", NoCuda).WithName("inference.UnregisterCudaSharedMemory");
    }

    /// <summary><c>GET /v2/systemsharedmemory[/region/{name}]/status</c></summary>
    private static Ok<IReadOnlyList<RegionView>> Status(string? name, HttpContext http, SharedMemoryRegions regions) =>
        TypedResults.Ok<IReadOnlyList<RegionView>>([.. regions.Status(http, name).Select(one => new RegionView(one.Name, one.Key, one.Offset, one.Bytes))]);

    /// <summary><c>POST /v2/systemsharedmemory/region/{name}/register</c></summary>
    private static Ok Register(string name, RegisterRequest request, HttpContext http, SharedMemoryRegions regions)
    {
        regions.Register(http, name, request.Key ?? "", request.Offset ?? 0, request.ByteSize ?? 0);
        return TypedResults.Ok();
    }

    /// <summary><c>POST /v2/systemsharedmemory[/region/{name}]/unregister</c></summary>
    private static Ok Unregister(string? name, HttpContext http, SharedMemoryRegions regions)
    {
        regions.Unregister(http, name);
        return TypedResults.Ok();
    }

    private static void NoCuda() => throw SharedMemoryRegions.NoCuda();
}
