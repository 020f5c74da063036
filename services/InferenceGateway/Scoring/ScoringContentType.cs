using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring;

/// <summary>The content types that MLflow's scoring server takes.</summary>
internal static class ScoringContentType
{
    /// <summary>Whether the body is CSV, and not JSON.</summary>
    /// <exception cref="PlaneException">415: it is neither, or in another encoding than UTF-8.</exception>
    public static bool IsCsv(string? contentType)
    {
        var parts = (contentType ?? "").Split(';', StringSplitOptions.TrimEntries);
        var isCsv = parts[0].Equals("text/csv", StringComparison.OrdinalIgnoreCase);
        if (!isCsv && !parts[0].Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw ScoringErrors.NotSupported($"This predictor only supports the following content types: Types: ['text/csv', 'application/json']. Got '{contentType}'.");
        foreach (var parameter in parts.Skip(1).Where(part => part.Length > 0))
        {
            var (key, value) = parameter.IndexOf('=') is > 0 and var at ? (parameter[..at], parameter[(at + 1)..].Trim('"')) : (parameter, "");
            if (!key.Equals("charset", StringComparison.OrdinalIgnoreCase))
                throw ScoringErrors.NotSupported($"Unrecognized content type parameters: {key}.");
            if (!value.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                throw ScoringErrors.NotSupported("The scoring server only supports UTF-8");
        }

        return isCsv;
    }
}
