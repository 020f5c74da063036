using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>The parameters of a tensor that say where in shared memory it lies.</summary>
internal static class SharedPlaceParameters
{
    /// <summary>Reads the parameter whose name the reader stands at, if it is one of these.</summary>
    /// <exception cref="PlaneException">400: it is of another kind.</exception>
    public static bool TryRead(ref Utf8JsonReader reader, ref SharedPlaceRequest place)
    {
        if (reader.ValueTextEquals(SharedPlaceRequest.RegionKey))
            place.Region = JsonField.Text(ref reader, SharedPlaceRequest.RegionKey);
        else if (reader.ValueTextEquals(SharedPlaceRequest.OffsetKey))
            place.Offset = JsonField.Count(ref reader, SharedPlaceRequest.OffsetKey);
        else if (reader.ValueTextEquals(SharedPlaceRequest.BytesKey))
            place.Bytes = JsonField.Count(ref reader, SharedPlaceRequest.BytesKey);
        else
            return false;
        return true;
    }
}

/// <summary>The regions that a request may name.</summary>
internal readonly record struct SharedPlaces(HttpContext? Http, SharedMemoryRegions? Regions)
{
    /// <exception cref="PlaneException">There is no such place, or no shared memory where the request comes from.</exception>
    public SharedPlace Find(SharedPlaceRequest asked, string tensor)
    {
        if (Http is null || Regions is null)
            throw PlaneError.Invalid("invalid_input", $"The {tensor} cannot lie in shared memory here.").ToException();
        if (asked.Region!.Length == 0)
            throw PlaneError.Invalid("invalid_input", $"'{SharedPlaceRequest.RegionKey}' of the {tensor} must be the name of a region.").ToException();
        return Regions.Place(Http, asked, tensor);
    }
}
