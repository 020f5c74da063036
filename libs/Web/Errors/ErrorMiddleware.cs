using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Web.Errors;

/// <summary>The one place where an exception becomes an answer, in the shape of the protocol of the path.</summary>
public sealed partial class ErrorMiddleware(
    RequestDelegate next, IEnumerable<IErrorShape> shapes, IEnumerable<IErrorTranslator> translators, ILogger<ErrorMiddleware> logger)
{
    // A browser asks its user for name and password then, and a page that was opened so sends them along.
    private const string Challenge = "Basic realm=\"MlopsPlane\", charset=\"UTF-8\"";

    private static readonly ProblemShape Fallback = new();
    private readonly IErrorShape[] shapes = [.. shapes];
    private readonly IErrorTranslator[] translators = [.. translators];

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception failure)
        {
            if (http.RequestAborted.IsCancellationRequested && failure is OperationCanceledException or IOException)
                return;
            var error = Judge(failure);
            // A rejection that a protocol wants answered with a 5xx is no fault of ours.
            if (error.Status >= 500 && failure is not PlaneException { InnerException: null })
                Tell(http, failure, error.Status);
            if (http.Response.HasStarted)
            {
                // The status is on the wire already; a cut connection is the only way left to say that the body is not whole.
                http.Abort();
                return;
            }

            await WriteAsync(http, error);
        }
    }

    /// <summary>Writes an error in the shape of the request's protocol.</summary>
    public Task WriteAsync(HttpContext http, PlaneError error)
    {
        http.Response.Clear();
        http.Response.StatusCode = error.Status;
        if (error.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = Challenge;
        if (error.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        // A request that was refused early still carries its workspace in front of the protocol's path.
        WorkspacePath.TrySplit(http.Request.Path, out _, out var path);
        foreach (var shape in shapes)
        {
            if (shape.Claims(path))
                return shape.WriteAsync(http, error);
        }

        return Fallback.WriteAsync(http, error);
    }

    /// <summary>Where no activity carries the trace into the log, the header does.</summary>
    private void Tell(HttpContext http, Exception failure, int status)
    {
        using var trace = Activity.Current is null && http.Request.Headers.TraceParent.ToString() is { Length: > 0 } parent
            ? logger.BeginScope("TraceParent:{TraceParent}", parent)
            : null;
        Log.Failed(logger, failure, http.Request.Method, http.Request.Path, status);
    }

    private PlaneError Judge(Exception failure)
    {
        switch (failure)
        {
            case PlaneException rejected:
                return rejected.Error;
            case BadHttpRequestException bad:
                return new PlaneError(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body_too_large" : "bad_request", bad.Message);
        }

        foreach (var translator in translators)
        {
            if (translator.Translate(failure) is { } error)
                return error;
        }

        return new PlaneError(StatusCodes.Status500InternalServerError, "internal_error", "The server failed to answer; its log says why.");
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} {Path} failed with {Status}")]
        public static partial void Failed(ILogger logger, Exception failure, string method, string path, int status);
    }
}
