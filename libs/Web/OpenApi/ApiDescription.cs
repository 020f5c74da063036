using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Web.OpenApi;

/// <summary>One OpenAPI document a module, at <c>/openapi/{module}.json</c>.</summary>
public static class ApiDescription
{
    /// <summary>The documents of this process.</summary>
    public sealed record Response(IReadOnlyList<Document> Documents);

    /// <param name="Url">Relative to the address without a workspace.</param>
    public sealed record Document(string Name, string Url);

    /// <summary>
    /// What a module's document holds. The module itself calls <c>AddOpenApi</c> with it: the generator of comments sees
    /// only the assembly that the call stands in.
    /// </summary>
    public static void Describe(this OpenApiOptions options, string module, string title)
    {
        options.ShouldInclude = endpoint => endpoint.GroupName == module;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = title, Version = "v1" };
            // The address that the document was asked at is not the one that its reader must call.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.CreateSchemaReferenceId = type => type.Type is { IsNested: true, DeclaringType: { } owner }
            ? owner.Name + type.Type.Name
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // Texts have a converter of their own here, of which the generator cannot know what it writes.
            if (context.JsonTypeInfo.Type == typeof(string))
                schema.Type ??= JsonSchemaType.String;
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault()?.DeclaringType is { } handler)
                operation.Summary = OperationSummaries.Of(handler, operation.OperationId!.Split('.')[1]);
            // One endpoint may answer several methods; an id names one operation.
            var methods = context.Description.ActionDescriptor.EndpointMetadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods;
            if (methods is { Count: > 1 } && context.Description.HttpMethod is { } method)
                operation.OperationId = $"{operation.OperationId}.{method[..1]}{method[1..].ToLower(CultureInfo.InvariantCulture)}";
            return Task.CompletedTask;
        });
    }

    /// <summary>The documents, and at <c>/openapi</c> a list of them.</summary>
    public static void MapApiDescriptions(this IEndpointRouteBuilder routes, IEnumerable<string> modules)
    {
        var documents = new Response([.. modules.Select(module => new Document(module, $"openapi/{module}.json"))]);
        routes.MapOpenApi("/openapi/{documentName}.json").WithName("plane.OpenApi").Requires(AccessPolicy.Anyone);
        routes.MapGet("/openapi", Ok<Response> () => TypedResults.Ok(documents)).WithName("plane.OpenApiDocuments").Requires(AccessPolicy.Anyone)
            .ExcludeFromDescription();
    }
}
