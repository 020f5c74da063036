using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>The protocol's trace and logging extensions over HTTP.</summary>
internal static class Settings
{
    private static readonly AccessPolicy Operating = AccessPolicy.Admin(ResourceKind.Operations) with { InAllWorkspaces = true };

    public sealed record TraceResponse(
        [property: JsonPropertyName("trace_level")] IReadOnlyList<string> TraceLevel, [property: JsonPropertyName("trace_mode")] string TraceMode);

    public sealed record LoggingResponse(
        [property: JsonPropertyName("log_info")] bool LogInfo, [property: JsonPropertyName("log_warning")] bool LogWarning,
        [property: JsonPropertyName("log_error")] bool LogError, [property: JsonPropertyName("log_verbose_level")] uint LogVerboseLevel);

    public static void Map(IEndpointRouteBuilder v2)
    {
        foreach (var (path, name) in new[] { ("/trace/setting", "TraceSetting"), ("/models/{model}/trace/setting", "ModelTraceSetting") })
        {
            v2.MapGet(path, Trace).WithName("inference.Get" + name).Requires(Operating);
            v2.MapPost(path, SetTrace).WithName("inference.Set" + name).Requires(Operating).ExcludeFromDescription();
        }

        v2.MapGet("/logging", Logging).WithName("inference.GetLogging").Requires(Operating);
        v2.MapPost("/logging", SetLogging).WithName("inference.SetLogging").Requires(Operating).ExcludeFromDescription();
    }

    /// <summary><c>GET /v2[/models/{model}]/trace/setting</c>: the same for every model.</summary>
    private static Ok<TraceResponse> Trace(ServerSettings settings) => TypedResults.Ok(new TraceResponse([settings.TraceLevel], ServerSettings.TraceMode));

    /// <summary><c>GET /v2/logging</c></summary>
    private static Ok<LoggingResponse> Logging(ServerSettings settings) =>
        TypedResults.Ok(new LoggingResponse(settings.LogsInfo, settings.LogsWarnings, settings.LogsErrors, settings.LogVerboseLevel));

    private static Ok<TraceResponse> SetTrace(Dictionary<string, JsonElement> wanted, ServerSettings settings) =>
        wanted.Count == 0 ? Trace(settings) : throw ServerSettings.TraceIsFixed();

    private static Ok<LoggingResponse> SetLogging(Dictionary<string, JsonElement> wanted, ServerSettings settings) =>
        wanted.Count == 0 ? Logging(settings) : throw ServerSettings.LoggingIsFixed();
}
