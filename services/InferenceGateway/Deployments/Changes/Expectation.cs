using System.Globalization;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Changes;

/// <summary>The generation that a caller believes a deployment to have: <c>If-Match</c> or <c>expectedGeneration</c>.</summary>
internal static class Expectation
{
    /// <returns>Null when it does not matter.</returns>
    /// <exception cref="PlaneException">400: it is no generation, or two that differ.</exception>
    public static long? Of(HttpContext http, long? expectedGeneration)
    {
        if (expectedGeneration is < 1)
            throw PlaneError.Invalid("invalid_expectation", "'expectedGeneration' must be 1 or more.").ToException();
        var header = http.Request.Headers.IfMatch.ToString().Trim();
        if (header.Length == 0 || header == "*")
            return expectedGeneration;
        if (!long.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) || generation < 1)
            throw PlaneError.Invalid("invalid_expectation", "'If-Match' must be the ETag of one answer, such as \"3\".").ToException();
        return expectedGeneration is null || expectedGeneration == generation
            ? generation
            : throw PlaneError.Invalid("invalid_expectation", $"'If-Match' names generation {generation} and 'expectedGeneration' {expectedGeneration}; they must agree.").ToException();
    }

    /// <exception cref="PlaneException">409: somebody else was faster.</exception>
    public static void Check(Deployment deployment, long? expected)
    {
        if (expected is { } generation && generation != deployment.Generation)
            throw PlaneError.Conflict("generation_changed",
                $"The deployment '{deployment.Name}' has generation {deployment.Generation}; the caller expected {generation}.").ToException();
    }

    /// <summary>Shows the generation as the answer's ETag.</summary>
    public static void Show(HttpContext http, long generation) =>
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{generation}\"");
}
