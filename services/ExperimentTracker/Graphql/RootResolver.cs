using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQL;
using GraphQL.Resolvers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>A field of Query or Mutation: who answers MLflow's message of that name, asked with the field's input.</summary>
internal sealed class RootResolver(Func<IResolveFieldContext, JsonObject, Task<JsonElement>> ask) : IFieldResolver
{
    /// <summary>A field that an endpoint of the tracker answers.</summary>
    public static RootResolver To(string endpoint) => new((context, message) => AskAsync(context, endpoint, message));

    public async ValueTask<object?> ResolveAsync(IResolveFieldContext context) => await ask(context, Message(context.Arguments?["input"].Value));

    /// <summary>The request that carries the query.</summary>
    public static HttpContext HttpOf(IResolveFieldContext context) => (HttpContext)context.UserContext[nameof(HttpContext)]!;

    /// <summary>Asks an endpoint of this process; what it refuses becomes an error of the field.</summary>
    public static async Task<JsonElement> AskAsync(IResolveFieldContext context, string endpoint, JsonObject message)
    {
        var http = HttpOf(context);
        try
        {
            return await http.RequestServices.GetRequiredService<InnerRequest>().AskAsync(http, endpoint, message.ToJsonString());
        }
        catch (PlaneException refused)
        {
            throw new ExecutionError(refused.Message, refused);
        }
    }

    private static JsonObject Message(object? input)
    {
        var message = new JsonObject();
        foreach (var (name, value) in input as IDictionary<string, object?> ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            if (value is not null)
                message[MessageResolver.SnakeCase(name)] = JsonSerializer.SerializeToNode(value);
        }

        return message;
    }
}
