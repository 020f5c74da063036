using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>
/// Describes bodies that are read here and not by the framework. Were the endpoint told what it accepts, routing would
/// refuse everything else before anybody could say why.
/// </summary>
internal static class SpecDescription
{
    /// <summary>A body that may be left out.</summary>
    public static RouteHandlerBuilder MayTake<T>(this RouteHandlerBuilder endpoint) => endpoint.AddOpenApiOperationTransformer(async (operation, context, ct) =>
        operation.RequestBody = new OpenApiRequestBody
        {
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(T), cancellationToken: ct) },
            },
        });

    /// <summary>A deployment's spec, or a part of one.</summary>
    public static RouteHandlerBuilder TakesSpec(this RouteHandlerBuilder endpoint, string description, params string[] mediaTypes) =>
        endpoint.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = description,
                Content = mediaTypes.ToDictionary(
                    type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(DeploymentSpec), context.Document) }, StringComparer.Ordinal),
            };
            return Task.CompletedTask;
        });
}
