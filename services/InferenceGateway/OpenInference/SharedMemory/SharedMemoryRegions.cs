using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

/// <summary>Regions of shared memory that clients of this machine registered, each workspace's its own.</summary>
internal sealed class SharedMemoryRegions(IOptions<ServingOptions> options) : IDisposable
{
    // Each keeps a file open.
    private const int MaxRegions = 1024;
    private const int MaxName = 256;
    private readonly Lock gate = new();
    private readonly Dictionary<(string Workspace, string Name), SharedRegion> regions = [];

    /// <summary>What is answered for memory of CUDA devices.</summary>
    public static PlaneException NoCuda() =>
        new PlaneError(StatusCodes.Status501NotImplemented, "not_implemented", "Shared memory of CUDA devices is not supported; use system shared memory.").ToException();

    public static PlaneException Unknown(string name) =>
        PlaneError.NotFound("region_not_found", $"No region of shared memory '{name}' is registered here.").ToException();

    /// <summary>Whether the caller may use shared memory: a caller of this machine whom nobody asks for a key, unless set otherwise.</summary>
    public bool IsOn(HttpContext http) => OperatingSystem.IsLinux() && (options.Value.SharedMemory ?? http.Caller().IsLocal);

    /// <exception cref="PlaneException">501: it is off. 400: the name, the key or the bounds are wrong. 409: there is a region of the name.</exception>
    public void Register(HttpContext http, string name, string key, ulong offset, ulong bytes)
    {
        RequireOn(http);
        if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
            throw Invalid($"'name' must have 1 to {MaxName} characters, none of them a control character.");
        if (bytes == 0)
            throw Invalid("'byte_size' must be 1 or more.");
        var file = SharedMemoryObject.Open(key);
        try
        {
            var length = (ulong)RandomAccess.GetLength(file);
            if (offset > length || bytes > length - offset)
                throw Invalid($"'byte_size': the region would end at byte {(UInt128)offset + bytes}; the shared memory '{key}' has {length} bytes.");
            lock (gate)
            {
                if (regions.Count >= MaxRegions)
                    throw new PlaneError(StatusCodes.Status429TooManyRequests, "too_many_regions", $"{MaxRegions} regions of shared memory are registered already.").ToException();
                if (!regions.TryAdd((http.Workspace(), name), new SharedRegion(name, key, (long)offset, (long)bytes, file)))
                    throw PlaneError.Conflict("region_exists", $"A region of shared memory '{name}' is registered already.").ToException();
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Forgets a region, or all of the workspace when the name is empty; one that there is not is fine.</summary>
    public void Unregister(HttpContext http, string? name)
    {
        RequireOn(http);
        lock (gate)
        {
            foreach (var region in Of(http, name))
            {
                regions.Remove((http.Workspace(), region.Name));
                region.Dispose();
            }
        }
    }

    /// <summary>A region, or all of the workspace when the name is empty.</summary>
    /// <exception cref="PlaneException">404: there is none of the name.</exception>
    public IReadOnlyList<SharedRegion> Status(HttpContext http, string? name)
    {
        RequireOn(http);
        lock (gate)
        {
            var found = Of(http, name);
            return found.Length > 0 || string.IsNullOrEmpty(name) ? found : throw Unknown(name);
        }
    }

    /// <summary>Where a tensor lies.</summary>
    /// <param name="tensor">What errors call it.</param>
    /// <exception cref="PlaneException">400: outside the region, or larger than a request. 404: no such region.</exception>
    public SharedPlace Place(HttpContext http, SharedPlaceRequest asked, string tensor)
    {
        var region = Status(http, asked.Region)[0];
        var (size, most) = ((ulong)region.Bytes, options.Value.MaxBodyBytes);
        if (asked.Bytes == 0)
            throw Invalid($"'{SharedPlaceRequest.BytesKey}' of the {tensor} must be 1 or more.");
        if (asked.Offset > size || asked.Bytes > size - asked.Offset)
            throw Invalid($"The {tensor} would end at byte {(UInt128)asked.Offset + asked.Bytes} of the region '{region.Name}', which has {size}.");
        if (asked.Bytes > (ulong)most)
            throw Invalid($"'{SharedPlaceRequest.BytesKey}' of the {tensor} is {asked.Bytes}; at most {most} bytes are taken.");
        return new SharedPlace(region, (long)asked.Offset, (long)asked.Bytes);
    }

    public void Dispose()
    {
        foreach (var region in regions.Values)
            region.Dispose();
    }

    private SharedRegion[] Of(HttpContext http, string? name) =>
        [.. regions.Where(one => one.Key.Workspace == http.Workspace() && (string.IsNullOrEmpty(name) || one.Key.Name == name)).Select(one => one.Value)];

    private void RequireOn(HttpContext http)
    {
        if (!IsOn(http))
            throw new PlaneError(StatusCodes.Status501NotImplemented, "shared_memory_off",
                "Shared memory is off here: Serving:SharedMemory turns it on, on Linux, and it is on by itself only where callers show no key.").ToException();
    }

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_region", message).ToException();
}
