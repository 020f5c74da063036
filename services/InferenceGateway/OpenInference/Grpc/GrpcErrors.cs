using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>Turns what goes wrong into gRPC's statuses.</summary>
internal sealed partial class GrpcErrors(IEnumerable<IErrorTranslator> translators, TimeProvider clock, ILogger<GrpcErrors> logger)
{
    // Clients take eight kilobytes of headers and trailers, in which a character may be nine bytes.
    private const int MostShown = 800;
    private readonly IErrorTranslator[] translators = [.. translators];

    public RpcException StatusOf(Exception failure, ServerCallContext context) =>
        failure as RpcException ?? StatusOf(ErrorOf(failure, context));

    /// <summary>What the caller is told; a fault of ours is logged.</summary>
    public PlaneError ErrorOf(Exception failure, ServerCallContext context)
    {
        switch (failure)
        {
            case PlaneException refused:
                return refused.Error;
            // The answer cannot reach anybody any more, whatever came of that.
            case not null when context.CancellationToken.IsCancellationRequested:
                return context.Deadline <= clock.GetUtcNow().UtcDateTime
                    ? new PlaneError(504, "timeout", "The deadline of the call passed.")
                    : new PlaneError(499, "cancelled", "The client cancelled the request.");
            case BadHttpRequestException bad:
                return new PlaneError(bad.StatusCode, "bad_request", bad.Message);
        }

        foreach (var translator in translators)
        {
            if (translator.Translate(failure!) is { } error)
                return error;
        }

        Log.Failed(logger, failure!, context.Method);
        return new PlaneError(500, "internal_error", "The server failed to answer; its log says why.");
    }

    private static RpcException StatusOf(PlaneError error)
    {
        var trailers = new Metadata();
        if (error.RetryAfterSeconds is { } seconds)
            trailers.Add("retry-after", seconds.ToString(CultureInfo.InvariantCulture));
        return new RpcException(new Status(CodeOf(error.Status), ShownText.Of(error.Message, MostShown)), trailers);
    }

    private static StatusCode CodeOf(int status) => status switch
    {
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        409 => StatusCode.AlreadyExists,
        413 or 429 => StatusCode.ResourceExhausted,
        499 => StatusCode.Cancelled,
        501 => StatusCode.Unimplemented,
        502 or 503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        >= 500 => StatusCode.Internal,
        _ => StatusCode.InvalidArgument,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} failed")]
        public static partial void Failed(ILogger logger, Exception failure, string method);
    }
}
