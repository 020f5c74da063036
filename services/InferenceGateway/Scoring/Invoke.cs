using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.OpenInference;
using MlopsPlane.InferenceGateway.OpenInference.Rest;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Scoring.Reading;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Scoring;

/// <summary>
/// <c>POST /deployments/{name}/invocations</c>: MLflow's scoring protocol (mlflow.pyfunc.scoring_server, 2.0 and later).
/// ONNX models take no <c>params</c>; what a request sends under that name is passed over, as MLflow does.
/// </summary>
internal static class Invoke
{
    private const string RequestIdHeader = "X-Request-Id";

    // They follow from the version alone.
    private static readonly ConditionalWeakTable<ServedVersion, ColumnPlan> Plans = [];
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task HandleAsync(string name, HttpContext http, InferenceCalls calls, RestHop hop)
    {
        var isCsv = ScoringContentType.IsCsv(http.Request.ContentType);
        calls.Require(http.Workspace(), name);
        var body = await RequestBody.ReadAsync(http);
        var (taken, records) = (body.End, false);
        InferenceCall call;
        try
        {
            call = calls.Begin(http.Workspace(), name, version: null, http, static (context, header) => context.Request.Headers[header]);
            records = Read(call, body, isCsv);
        }
        catch (PlaneException) when (hop.CanGoOn(http, name))
        {
            // Another replica was given the deployment while the body came.
            (taken, call) = (body.Start, default);
        }
        finally
        {
            http.Request.BodyReader.AdvanceTo(taken);
        }

        if (call.Item is null)
        {
            await ElsewhereAsync(name, http, calls, hop);
            return;
        }

        try
        {
            ItemRules.Check(call.Item);
            call.Item.Id = PredictionId.Of(IdOf(http.Request.Headers));
            InferenceCalls.Schedule(call, priority: 0, timeoutMicroseconds: 0);
            await calls.RunAsync(call, http.RequestAborted);
            PredictionId.Mark(http, call, call.Item.Id);
            await Predictions.WriteAsync(http, call.Item, records);
        }
        finally
        {
            InferenceCalls.End(call);
        }
    }

    // A method of its own: what the delegate holds would else be allocated with each request.
    private static Task ElsewhereAsync(string name, HttpContext http, InferenceCalls calls, RestHop hop) =>
        hop.GoOnAsync(http, again => HandleAsync(name, again, calls, hop), name);

    /// <summary>Reads the rows into the call, which is ended where they are refused.</summary>
    /// <returns>Whether they came as records.</returns>
    private static bool Read(InferenceCall call, ReadOnlySequence<byte> body, bool isCsv)
    {
        try
        {
            var plan = Plans.GetValue(call.Version, static version => ColumnPlan.Of(version.Files?.Signature, version.Executor.Signature));
            return isCsv ? ScoringCsv.Read(Text(body), plan, call.Item) : ScoringJson.Read(body, plan, call.Item);
        }
        catch
        {
            InferenceCalls.End(call);
            throw;
        }
    }

    private static string? IdOf(IHeaderDictionary headers)
    {
        string? own = headers[PredictionId.Header];
        return string.IsNullOrEmpty(own) ? headers[RequestIdHeader] : own;
    }

    private static string Text(ReadOnlySequence<byte> body)
    {
        try
        {
            // Spreadsheets begin their files with a byte order mark.
            return Strict.GetString(body).TrimStart('\ufeff');
        }
        catch (DecoderFallbackException)
        {
            throw ScoringErrors.NotCsv("it is not UTF-8.");
        }
    }
}
