using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary><c>ModelInfer</c>, and what <c>ModelStreamInfer</c> does with each message.</summary>
internal sealed class GrpcInference(InferenceCalls calls, SharedMemoryRegions regions, GrpcHop hop, TimeProvider clock)
{
    public async Task<ModelInferResponse> InferAsync(ModelInferRequest request, ServerCallContext context)
    {
        if (await ElsewhereAsync(request, context, context.CancellationToken) is { } elsewhere)
            return elsewhere;
        var http = context.GetHttpContext();
        var (call, message) = await AnswerAsync(request, context, context.CancellationToken);
        try
        {
            PredictionId.Mark(http, call, message.Id);
            // The message is written after this method has returned.
            http.Response.OnCompleted(static state =>
            {
                InferenceCalls.End((InferenceCall)state);
                return Task.CompletedTask;
            }, call);
            return message;
        }
        catch
        {
            InferenceCalls.End(call);
            throw;
        }
    }

    /// <summary>The answer of another replica; null when it is to be answered here.</summary>
    public ValueTask<ModelInferResponse?> ElsewhereAsync(ModelInferRequest request, ServerCallContext context, CancellationToken ct) =>
        hop.AskAsync<ModelInferRequest, ModelInferResponse>("ModelInfer", request.ModelName, request, context, loads: true, ct);

    /// <summary>Answers a request. The message refers to the call's memory; whoever gets both ends the call when it is written.</summary>
    /// <exception cref="PlaneException">It could not be; the message is for its client.</exception>
    public async Task<(InferenceCall Call, ModelInferResponse Message)> AnswerAsync(ModelInferRequest request, ServerCallContext context, CancellationToken ct)
    {
        var http = context.GetHttpContext();
        http.NameGate()?.Require(request.ModelName);
        var call = calls.Begin(http.Workspace(), request.ModelName, request.ModelVersion, http, static (from, name) => from.Request.Headers[name]);
        try
        {
            var asked = InferMessageReader.Read(call.Item, request, http, regions);
            ItemRules.Check(call.Item);
            call.Item.Id = PredictionId.Of(request.Id);
            InferenceCalls.Schedule(call, asked.Priority, asked.TimeoutMicroseconds);
            var hurried = Hurry(call.Item, context.Deadline);
            try
            {
                await calls.RunAsync(call, ct);
            }
            catch (PlaneException late) when (hurried && late.Error == BatchQueue.Expired)
            {
                throw new PlaneError(StatusCodes.Status504GatewayTimeout, "timeout", "The deadline of the call passed while it waited for the model.").ToException();
            }

            return (call, InferMessageWriter.Write(call, asked, call.Item.Id));
        }
        catch
        {
            InferenceCalls.End(call);
            throw;
        }
    }

    /// <summary>Nothing is run whose answer would come after the call's deadline.</summary>
    /// <returns>Whether the call's deadline is the one that counts.</returns>
    private bool Hurry(InferenceItem item, DateTime deadline)
    {
        if (deadline == DateTime.MaxValue)
            return false;
        var left = Math.Max(0, (deadline - clock.GetUtcNow().UtcDateTime).TotalSeconds);
        var ticks = left * Stopwatch.Frequency;
        var at = ticks < long.MaxValue / 2 ? Stopwatch.GetTimestamp() + (long)ticks : long.MaxValue;
        if (at >= item.Deadline)
            return false;
        item.Deadline = at;
        return true;
    }
}
