using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>
/// Loading and unloading by the protocol's repository extension: <c>POST /v2/repository/models/{model}/load</c> and
/// <c>/unload</c>. Both work on the deployment, on every replica.
/// </summary>
internal static class RepositoryControl
{
    private const int MaxBytes = 256 * 1024;

    public static void Map(IEndpointRouteBuilder v2)
    {
        var model = v2.MapGroup("/repository/models/{model}").Requires(AccessPolicy.Write(ResourceKind.Deployment) with { NameIn = "model" });
        model.MapPost("/load", LoadAsync).WithName("inference.RepositoryModelLoad").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        model.MapPost("/unload", UnloadAsync).WithName("inference.RepositoryModelUnload").ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<Ok> LoadAsync(string model, HttpContext http, ModelSwitch models, CancellationToken ct)
    {
        RefuseFiles(await ParametersAsync(http));
        await models.LoadAsync(http, model, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> UnloadAsync(string model, HttpContext http, ModelSwitch models, CancellationToken ct)
    {
        await ParametersAsync(http);
        await models.UnloadAsync(http, model, ct);
        return TypedResults.Ok();
    }

    /// <summary>What is served is what is registered, so no request brings a model or a configuration along.</summary>
    /// <exception cref="PlaneException">400, naming the parameter.</exception>
    public static void RefuseFiles(IEnumerable<string> parameters)
    {
        if (parameters.FirstOrDefault(name => name == "config" || name.StartsWith("file:", StringComparison.Ordinal)) is { } refused)
            throw PlaneError.Invalid("invalid_parameter", $"The parameter '{refused}' is not taken: models are registered, and deployed with POST /api/v1/serving/deployments.").ToException();
    }

    private static async Task<IReadOnlyList<string>> ParametersAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true || http.Request.ContentLength == 0)
            return [];
        if (http.Request.ContentLength > MaxBytes)
        {
            throw new PlaneError(StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The request has more than {MaxBytes} bytes; models are not loaded from requests here.").ToException();
        }

        try
        {
            using var request = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            if (request.RootElement.ValueKind != JsonValueKind.Object)
                throw PlaneError.Invalid("invalid_input", "The request must be a JSON object.").ToException();
            if (!request.RootElement.TryGetProperty("parameters", out var parameters))
                return [];
            return parameters.ValueKind == JsonValueKind.Object
                ? [.. parameters.EnumerateObject().Select(parameter => parameter.Name)]
                : throw PlaneError.Invalid("invalid_input", "'parameters' must be an object.").ToException();
        }
        catch (JsonException bad)
        {
            throw PlaneError.Invalid("invalid_input", $"The request is not JSON: {bad.Message}").ToException();
        }
        catch (InvalidOperationException bad)
        {
            throw PlaneError.Invalid("invalid_input", $"The request has a text that is none: {bad.Message}").ToException();
        }
    }
}
