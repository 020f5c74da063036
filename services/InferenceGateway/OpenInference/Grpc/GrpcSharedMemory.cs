using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The protocol's extension for shared memory of the system.</summary>
internal sealed class GrpcSharedMemory(SharedMemoryRegions regions)
{
    public SystemSharedMemoryStatusResponse Status(SystemSharedMemoryStatusRequest request, HttpContext http)
    {
        var answer = new SystemSharedMemoryStatusResponse();
        foreach (var region in regions.Status(http, request.Name))
            answer.Regions[region.Name] = new() { Name = region.Name, Key = region.Key, Offset = (ulong)region.Offset, ByteSize = (ulong)region.Bytes };
        return answer;
    }

    public SystemSharedMemoryRegisterResponse Register(SystemSharedMemoryRegisterRequest request, HttpContext http)
    {
        regions.Register(http, request.Name, request.Key, request.Offset, request.ByteSize);
        return new();
    }

    public SystemSharedMemoryUnregisterResponse Unregister(SystemSharedMemoryUnregisterRequest request, HttpContext http)
    {
        regions.Unregister(http, request.Name);
        return new();
    }
}
