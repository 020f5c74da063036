using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Serving;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>
/// <c>ModelStreamInfer</c>: the requests of a stream are run side by side and answered in their order. An error is one
/// request's answer and the stream goes on, unless the client asks for statuses.
/// </summary>
internal sealed class GrpcStream(GrpcInference inference, GrpcErrors errors)
{
    /// <summary>Requests of a stream that are under way; more are not read.</summary>
    public const int MaxUnderWay = 32;

    /// <summary>Metadata by which a client asks that an error ends the stream with a status, as Triton's clients may.</summary>
    private const string StatusHeader = "triton_grpc_error";

    public async Task InferAsync(IAsyncStreamReader<ModelInferRequest> requests, IServerStreamWriter<ModelStreamInferResponse> answers, ServerCallContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        // One more is at the writer.
        var underWay = Channel.CreateBounded<Task<Answer>>(new BoundedChannelOptions(MaxUnderWay - 1) { SingleReader = true, SingleWriter = true });
        var writing = WriteAsync(underWay.Reader, answers, context, stop);
        try
        {
            // There is a place for an answer before its request is read, so that none is lost on the way.
            while (await underWay.Writer.WaitToWriteAsync(stop.Token) && await requests.MoveNext(stop.Token))
                underWay.Writer.TryWrite(AnswerAsync(requests.Current, context, stop.Token));
            underWay.Writer.Complete();
            await writing;
        }
        catch (Exception failure)
        {
            await stop.CancelAsync();
            underWay.Writer.TryComplete();
            // What made the writer stop is why the reader was stopped.
            var first = await writing.ContinueWith(static done => done.Exception?.InnerException, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw errors.StatusOf(first ?? failure, context);
        }
        finally
        {
            while (underWay.Reader.TryRead(out var left))
                (await left).End();
        }
    }

    private static async Task WriteAsync(
        ChannelReader<Task<Answer>> underWay, IServerStreamWriter<ModelStreamInferResponse> answers, ServerCallContext context, CancellationTokenSource stop)
    {
        var asStatus = context.GetHttpContext().Request.Headers.TryGetValue(StatusHeader, out var wanted) && wanted == "true";
        try
        {
            await foreach (var task in underWay.ReadAllAsync(CancellationToken.None))
            {
                var answer = await task;
                try
                {
                    if (asStatus && answer.Failure is { } failure)
                        throw failure;
                    await answers.WriteAsync(answer.Message, context.CancellationToken);
                }
                finally
                {
                    answer.End();
                }
            }
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<Answer> AnswerAsync(ModelInferRequest request, ServerCallContext context, CancellationToken ct)
    {
        try
        {
            if (await inference.ElsewhereAsync(request, context, ct) is { } elsewhere)
                return new Answer(new() { InferResponse = elsewhere }, null, null);
            var (call, message) = await inference.AnswerAsync(request, context, ct);
            return new Answer(new() { InferResponse = message }, call, null);
        }
        catch (Exception failure)
        {
            // What another replica said stays as it said it.
            var status = errors.StatusOf(failure, context);
            return new Answer(new() { ErrorMessage = status.Status.Detail, InferResponse = new() { ModelName = request.ModelName, Id = request.Id } }, null, status);
        }
    }

    private sealed record Answer(ModelStreamInferResponse Message, InferenceCall? Call, RpcException? Failure)
    {
        public void End()
        {
            if (Call is { } call)
                InferenceCalls.End(call);
        }
    }
}
