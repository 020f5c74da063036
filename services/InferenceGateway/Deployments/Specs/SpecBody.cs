using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>Reads the JSON of a request that holds a spec, or a part of one.</summary>
internal static class SpecBody
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxDepth = 16;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>Reads the body and makes something of it.</summary>
    /// <exception cref="PlaneException">400: it is no JSON, or has texts or names that are none. 415: it says that it is something else.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, Func<JsonElement, T> read)
    {
        if (!http.Request.HasJsonContentType())
            throw new PlaneError(415, "unsupported_media_type", "The body must be JSON, and its content type must say so.").ToException();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, Strict, http.RequestAborted);
            return read(document.RootElement);
        }
        catch (JsonException wrong)
        {
            throw PlaneError.Invalid("invalid_json", $"The body is no JSON: {wrong.Message}").ToException();
        }
        catch (InvalidOperationException wrong)
        {
            // Escapes that make no character are found when a text is taken out, not before.
            throw PlaneError.Invalid("invalid_json", $"The body has a text that is none: {wrong.Message}").ToException();
        }
    }

    /// <summary>Reads a spec.</summary>
    /// <exception cref="PlaneException">400: a field breaks a rule.</exception>
    public static Task<DeploymentSpec> ReadSpecAsync(HttpContext http) => ReadAsync(http, SpecReader.Read);

    /// <summary>Reads an object that may be left out as a whole.</summary>
    /// <exception cref="PlaneException">400: a field breaks a rule.</exception>
    public static async Task<T?> ReadOptionalAsync<T>(HttpContext http, Func<JsonElement, T> read) where T : class =>
        http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || http.Request.ContentLength == 0 ? null : await ReadAsync(http, read);

    /// <summary>Reads a merge patch.</summary>
    /// <exception cref="PlaneException">400: it is no object.</exception>
    public static Task<JsonObject> ReadPatchAsync(HttpContext http) => ReadAsync(http, json =>
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw PlaneError.Invalid("invalid_spec", "The body must be a JSON object.").ToException();
        TakeTexts(json);
        return JsonObject.Create(json.Clone())!;
    });

    /// <summary>Takes out every text and name, so that one that is none is found now and not when it is merged and written.</summary>
    private static void TakeTexts(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var part in json.EnumerateArray())
                    TakeTexts(part);
                break;
            case JsonValueKind.Object:
                foreach (var field in json.EnumerateObject())
                {
                    _ = field.Name;
                    TakeTexts(field.Value);
                }

                break;
        }
    }
}
