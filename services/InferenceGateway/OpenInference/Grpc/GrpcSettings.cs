using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>How the process traces and logs. It is set where it is started, and only told here.</summary>
internal sealed class GrpcSettings(IConfiguration configuration, ILogger<GrpcSettings> logger)
{
    public TraceSettingResponse Trace(TraceSettingRequest request, HttpContext http)
    {
        if (request.Settings.Count > 0)
            throw Fixed("OTEL_EXPORTER_OTLP_ENDPOINT and the other OTEL_ variables");
        var endpoint = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        return new()
        {
            Settings =
            {
                ["trace_level"] = new() { Value = { string.IsNullOrEmpty(endpoint) ? "OFF" : "TIMESTAMPS" } },
                ["trace_mode"] = new() { Value = { "opentelemetry" } },
            },
        };
    }

    public LogSettingsResponse Logging(LogSettingsRequest request, HttpContext http)
    {
        if (request.Settings.Count > 0)
            throw Fixed("the configuration's section Logging");
        return new()
        {
            Settings =
            {
                ["log_info"] = new() { BoolParam = logger.IsEnabled(LogLevel.Information) },
                ["log_warning"] = new() { BoolParam = logger.IsEnabled(LogLevel.Warning) },
                ["log_error"] = new() { BoolParam = logger.IsEnabled(LogLevel.Error) },
                ["log_verbose_level"] = new() { Uint32Param = logger.IsEnabled(LogLevel.Trace) ? 2u : logger.IsEnabled(LogLevel.Debug) ? 1u : 0u },
            },
        };
    }

    private static PlaneException Fixed(string where) => new PlaneError(
        StatusCodes.Status501NotImplemented, "not_implemented", $"These settings are not changed here: they are read at the start, from {where}.").ToException();
}
