using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The protocol's trace and logging extensions.</summary>
internal sealed class GrpcSettings(ServerSettings settings)
{
    public TraceSettingResponse Trace(TraceSettingRequest request, HttpContext http)
    {
        if (request.Settings.Count > 0)
            throw ServerSettings.TraceIsFixed();
        return new()
        {
            Settings =
            {
                ["trace_level"] = new() { Value = { settings.TraceLevel } },
                ["trace_mode"] = new() { Value = { ServerSettings.TraceMode } },
            },
        };
    }

    public LogSettingsResponse Logging(LogSettingsRequest request, HttpContext http)
    {
        if (request.Settings.Count > 0)
            throw ServerSettings.LoggingIsFixed();
        return new()
        {
            Settings =
            {
                ["log_info"] = new() { BoolParam = settings.LogsInfo },
                ["log_warning"] = new() { BoolParam = settings.LogsWarnings },
                ["log_error"] = new() { BoolParam = settings.LogsErrors },
                ["log_verbose_level"] = new() { Uint32Param = settings.LogVerboseLevel },
            },
        };
    }
}
