using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>How the process traces and logs, by the protocol's names. It is set where it is started, and only told here.</summary>
internal sealed class ServerSettings(IConfiguration configuration, ILogger<ServerSettings> logger)
{
    public const string TraceMode = "opentelemetry";

    public string TraceLevel => string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) ? "OFF" : "TIMESTAMPS";

    public bool LogsInfo => logger.IsEnabled(LogLevel.Information);

    public bool LogsWarnings => logger.IsEnabled(LogLevel.Warning);

    public bool LogsErrors => logger.IsEnabled(LogLevel.Error);

    public uint LogVerboseLevel => logger.IsEnabled(LogLevel.Trace) ? 2u : logger.IsEnabled(LogLevel.Debug) ? 1u : 0u;

    public static PlaneException TraceIsFixed() => Fixed("OTEL_EXPORTER_OTLP_ENDPOINT and the other OTEL_ variables");

    public static PlaneException LoggingIsFixed() => Fixed("the configuration's section Logging");

    private static PlaneException Fixed(string where) => new PlaneError(
        StatusCodes.Status501NotImplemented, "not_implemented", $"These settings are not changed here: they are read at the start, from {where}.").ToException();
}
