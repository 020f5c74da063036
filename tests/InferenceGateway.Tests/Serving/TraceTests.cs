using System.Collections.Concurrent;
using System.Diagnostics;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;
using MlopsPlane.Testing;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class TraceTests(GrpcPlane plane) : IDisposable
{
    private const string Parent = "00f067aa0ba902b7";
    private readonly ServingWorld world = new(plane);

    [Theory]
    [InlineData(false, "4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData(true, "5bf92f3577b34da6a3ce929d0e0e4736")]
    public async Task Queue_and_compute_are_spans_below_the_requests_span_in_the_callers_trace(bool overGrpc, string trace)
    {
        var name = await world.DeployAsync("linear.onnx");
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MlopsPlane.Inference" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId.ToHexString() == trace)
                    ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await AskAsync(overGrpc, name, $"00-{trace}-{Parent}-01");
        await Until.TrueAsync(() => ended.Count == 3);
        var (queue, compute, server) = (ended.Single(span => span.OperationName == "queue"), ended.Single(span => span.OperationName == "compute"), ended.Single(span => span.Kind == ActivityKind.Server));
        Assert.Equal(Parent, server.ParentSpanId.ToHexString());
        Assert.Equal((server.SpanId, server.SpanId), (queue.ParentSpanId, compute.ParentSpanId));
        // A span has a tick at least.
        Assert.InRange(queue.StartTimeUtc + queue.Duration - compute.StartTimeUtc, TimeSpan.Zero, TimeSpan.FromTicks(1));
        Assert.InRange(compute.StartTimeUtc + compute.Duration, server.StartTimeUtc, server.StartTimeUtc + server.Duration + TimeSpan.FromMilliseconds(1));
        Assert.Equal((name, "main", "1", 2), (compute.GetTagItem("deployment"), compute.GetTagItem("variant"), compute.GetTagItem("version"), compute.GetTagItem("batch.rows")));
    }

    private async Task AskAsync(bool overGrpc, string name, string parent)
    {
        if (overGrpc)
        {
            using var grpc = new GrpcClient(plane, world.Workspace);
            grpc.Headers.Add("traceparent", parent);
            await grpc.InferAsync(GrpcClient.Floats(name, [2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{name}/infer")
        {
            Content = System.Net.Http.Json.JsonContent.Create(ServingWorld.Floats("x", [2, 4], 1, 2, 3, 4, 5, 6, 7, 8)),
        };
        request.Headers.Add("traceparent", parent);
        using var response = await world.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
    }

    public void Dispose() => world.Dispose();
}
