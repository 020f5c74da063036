using System.Buffers.Binary;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>Names an answer, so that what it should have been can be joined to it later.</summary>
internal static class PredictionId
{
    /// <summary>Longest id of a client, in characters.</summary>
    public const int MaxLength = 1024;

    public const string Header = "X-Plane-Prediction-Id";
    public const string VersionHeader = "X-Plane-Model-Version";
    public const string VariantHeader = "X-Plane-Variant";

    /// <summary>Id of the replica that answered.</summary>
    public const string ReplicaHeader = "X-Plane-Replica";

    /// <summary>The answering replica has not heard for a while what it should serve.</summary>
    public const string StaleHeader = "X-Plane-Stale";

    /// <summary>The client's own id of the request, else one of ours; told in the answer's headers with the version and the variant.</summary>
    public static string Mark(HttpContext http, InferenceCall call, string? own)
    {
        var id = Of(own);
        var headers = http.Response.Headers;
        if (IsHeader(id))
            headers[Header] = id;
        headers[VersionHeader] = call.Version.VersionText;
        headers[VariantHeader] = call.Variant.Spec.Name;
        headers[ReplicaHeader] = call.Deployment.Replica;
        if (call.Deployment.IsStale)
            headers[StaleHeader] = "true";
        return id;
    }

    /// <summary>The client's own id of the request, else one of ours.</summary>
    /// <exception cref="PlaneException">400: it is too long for a header.</exception>
    public static string Of(string? own)
    {
        if (string.IsNullOrEmpty(own))
            return New();
        return own.Length <= MaxLength ? own : throw PlaneError.Invalid("invalid_input", $"'id' has more than {MaxLength} characters.").ToException();
    }

    /// <summary>A UUID of version 7 (RFC 9562): of milliseconds and 74 random bits, from the fast generator, for it must be unique and is no secret.</summary>
    private static string New()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        Random.Shared.NextBytes(bytes[6..]);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static bool IsHeader(string id) => !id.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
