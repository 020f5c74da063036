using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Web.OpenApi;

/// <summary>One OpenAPI document a module, at <c>/openapi/{module}.json</c>.</summary>
public static class ApiDescription
{
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

    /// <summary>The documents of this process's modules, each at its own address.</summary>
    public static void MapApiDescriptions(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi("/openapi/{documentName}.json").WithName("plane.OpenApi").Requires(AccessPolicy.Anyone);

    /// <summary>At <c>/openapi</c> all of them joined: for browsers a page, for everybody else the document.</summary>
    /// <param name="join">The joined document as it is now.</param>
    public static void MapJoinedDescription(this IEndpointRouteBuilder routes, Func<HttpContext, Task<JsonObject>> join) =>
        routes.MapGet("/openapi", async Task<ContentHttpResult> (HttpContext http) =>
        {
            var joined = await join(http);
            http.Response.Headers.Vary = "Accept";
            return http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                ? TypedResults.Content(DescriptionPage.Of(joined), "text/html", Encoding.UTF8)
                : TypedResults.Content(joined.ToJsonString(), "application/json", Encoding.UTF8);
        }).WithName("plane.JoinedOpenApi").Requires(AccessPolicy.Anyone).ExcludeFromDescription();

    /// <summary>The documents of this process's own modules, joined.</summary>
    public static async Task<JsonObject> JoinOwnAsync(HttpContext http, IEnumerable<string> modules)
    {
        var documents = new List<(string, JsonObject)>();
        foreach (var module in modules)
            documents.Add((module, await OwnAsync(http, module)));
        return JoinedDescription.Join(documents, []);
    }

    private static async Task<JsonObject> OwnAsync(HttpContext http, string module)
    {
        var provider = http.RequestServices.GetRequiredKeyedService<IOpenApiDocumentProvider>(module);
        var document = await provider.GetOpenApiDocumentAsync(http.RequestAborted);
        return JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, http.RequestAborted))!.AsObject();
    }
}
