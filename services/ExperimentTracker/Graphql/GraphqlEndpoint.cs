using System.Text.Json;
using GraphQL;
using GraphQL.DI;
using GraphQL.Execution;
using GraphQL.SystemTextJson;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.OpenApi;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>The one endpoint through which MLflow's pages read: <c>{"query", "variables", "operationName"}</c>.</summary>
internal static class GraphqlEndpoint
{
    private static readonly MessageSchema Schema = new(Field.String("query", Check.Required, Check.String), Field.String("operationName"));
    private static readonly Lazy<ISchema> Pages = new(PageSchema.Build);
    private static readonly GraphQLDocumentBuilder Documents = new();
    private static readonly GraphQLSerializer Inputs = new();

    // One field after the other: they share the request's database context.
    private static readonly DocumentExecuter Executer = new(
        Documents, new DocumentValidator(), new DefaultExecutionStrategySelector([new ExecutionStrategyRegistration(new SerialExecutionStrategy(), OperationType.Query)]), []);

    public static IServiceCollection AddGraphql(this IServiceCollection services) => services.AddSingleton<InnerRequest>();

    public static void MapGraphqlEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/graphql", HandleAsync).WithName("tracker.Graphql").Requires(ExperimentPolicies.Search).AsMlflow("graphql", Schema);

    private static async Task HandleAsync(HttpContext http, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var result = await ExecuteAsync(http, request, ct);
        // As MLflow's server answers: the messages of errors only, and null when there are none.
        await http.Response.WriteAsJsonAsync(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["data"] = (result.Data as RootExecutionNode)?.ToValue(),
            ["errors"] = result.Errors is { Count: > 0 } errors ? errors.Select(error => error.Message).ToList() : null,
        }, ct);
    }

    private static async Task<ExecutionResult> ExecuteAsync(HttpContext http, MlflowMessage request, CancellationToken ct)
    {
        GraphQLDocument document;
        try
        {
            document = Documents.Build(request.String("query")!);
        }
        catch (ExecutionError unreadable)
        {
            return new ExecutionResult { Errors = [unreadable] };
        }
        catch (GraphQLMaxDepthExceededException)
        {
            return new ExecutionResult { Errors = [new ExecutionError(QueryLimits.TooDeep)] };
        }

        if (QueryLimits.Complaint(document) is { } complaint)
            return new ExecutionResult { Errors = [new ExecutionError(complaint)] };
        return await Executer.ExecuteAsync(new ExecutionOptions
        {
            Schema = Pages.Value,
            Document = document,
            Query = request.String("query"),
            OperationName = request.String("operationName"),
            Variables = Variables(request.Element),
            RequestServices = http.RequestServices,
            CancellationToken = ct,
            // What is no refusal is a failure of ours or of the database, and is answered as everywhere.
            ThrowOnUnhandledException = true,
            UserContext = new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(HttpContext)] = http },
        });
    }

    private static Inputs? Variables(JsonElement request)
    {
        if (!request.TryGetProperty("variables", out var variables) || variables.ValueKind == JsonValueKind.Null)
            return null;
        if (variables.ValueKind != JsonValueKind.Object)
            throw MlflowErrors.Invalid("Invalid value for parameter 'variables' supplied: it must be a JSON object.");
        try
        {
            return Inputs.ReadNode<Inputs>(variables);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            // Too deep, a number beyond every number, or half a character.
            throw MlflowErrors.Invalid("Invalid value for parameter 'variables' supplied: it holds a value that cannot be read.");
        }
    }
}
