using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary><c>POST /v2/models/{model}[/versions/{version}]/infer</c></summary>
internal sealed class Infer(InferenceCalls calls, SharedMemoryRegions regions, RestHop hop)
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>The endpoint's handler, which takes nothing from the request's own services: their scope would cost more than it.</summary>
    public static RequestDelegate Handler(IServiceProvider services)
    {
        // Made with the first request: whoever only describes the endpoints starts nothing.
        var infer = new Lazy<Infer>(() => ActivatorUtilities.CreateInstance<Infer>(services));
        return http => infer.Value.HandleAsync(http);
    }

    private async Task HandleAsync(HttpContext http)
    {
        var model = (string)http.Request.RouteValues["model"]!;
        calls.Require(http.Workspace(), model);
        var body = await RequestBody.ReadAsync(http);
        var isRead = false;
        try
        {
            var version = http.Request.RouteValues["version"] as string;
            InferenceCall call;
            try
            {
                call = calls.Begin(http.Workspace(), model, version, http, static (context, name) => context.Request.Headers[name]);
            }
            catch (PlaneException) when (hop.CanGoOn(http, model))
            {
                // Another replica was given the deployment while the body came.
                http.Request.BodyReader.AdvanceTo(body.Start);
                isRead = true;
                await hop.GoOnAsync(http, HandleAsync, model);
                return;
            }

            try
            {
                var request = Parse(http, call, body, new SharedPlaces(http, regions));
                ItemRules.Check(call.Item);
                call.Item.Id = PredictionId.Of(request.Id);
                InferenceCalls.Schedule(call, request.Priority, request.TimeoutMicroseconds);
                await calls.RunAsync(call, http.RequestAborted);
                // The answer may be large, and the request's memory is needed no more.
                http.Request.BodyReader.AdvanceTo(body.End);
                isRead = true;
                var id = PredictionId.Mark(http, call, call.Item.Id);
                await InferResponseWriter.WriteAsync(http, call, request, id);
            }
            finally
            {
                InferenceCalls.End(call);
            }
        }
        finally
        {
            if (!isRead)
                http.Request.BodyReader.AdvanceTo(body.End);
        }
    }

    private static InferRequest Parse(HttpContext http, InferenceCall call, ReadOnlySequence<byte> body, SharedPlaces places)
    {
        if (!http.Request.Headers.TryGetValue(HeaderLength, out var text))
            return InferRequestReader.Read(call.Item, body, default, places);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            throw PlaneError.Invalid("invalid_header_length", $"The header {HeaderLength} must be a whole number of 0 or more.").ToException();
        if (length > body.Length)
            throw PlaneError.Invalid("invalid_header_length", $"The header {HeaderLength} is {length}; the body has {body.Length} bytes.").ToException();
        return length == 0 ? RawRequest.Read(call.Item, body) : InferRequestReader.Read(call.Item, body.Slice(0, length), body.Slice(length), places);
    }
}
