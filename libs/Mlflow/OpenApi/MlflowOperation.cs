using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.Mlflow.OpenApi;

/// <summary>Marks an endpoint of MLflow's API, whose requests are read by a schema and not by parameters of the handler.</summary>
internal sealed record MlflowOperation(MessageSchema? Schema);

public static class MlflowDescriptions
{
    /// <summary>Describes an endpoint of MLflow's API that stands outside <c>/mlflow</c>.</summary>
    /// <param name="schema">The request's message.</param>
    public static RouteHandlerBuilder AsMlflow(this RouteHandlerBuilder endpoint, string tag, MessageSchema? schema = null) =>
        endpoint.WithMetadata(new MlflowOperation(schema)).WithTags(tag);

    /// <summary>Describes requests by their message schemas, and errors by MLflow's shape.</summary>
    public static void DescribeMlflow(this OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<MlflowOperation>().LastOrDefault() is not { } mlflow)
            return Task.CompletedTask;
        if (mlflow.Schema is { } schema && context.Description.HttpMethod == "GET")
            AddQuery(operation, schema);
        else if (mlflow.Schema is not null)
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Json(MessageDescription.Of(mlflow.Schema)) };
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse { Description = "MLflow's answer.", Content = Json(new OpenApiSchema { Type = JsonSchemaType.Object }) },
            ["default"] = new OpenApiResponse { Description = "What was refused, and why.", Content = Json(MessageDescription.Error()) },
        };
        return Task.CompletedTask;
    });

    private static void AddQuery(OpenApiOperation operation, MessageSchema schema)
    {
        operation.Parameters ??= [];
        // What the path holds already is no part of the query.
        foreach (var field in schema.Fields.Where(field => !operation.Parameters.Any(given => given.Name == field.Name)))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = field.Name, In = ParameterLocation.Query, Required = field.IsRequired, Schema = MessageDescription.Of(field), Explode = true,
            });
        }
    }

    private static Dictionary<string, OpenApiMediaType> Json(IOpenApiSchema schema) =>
        new(StringComparer.Ordinal) { ["application/json"] = new OpenApiMediaType { Schema = schema } };
}
