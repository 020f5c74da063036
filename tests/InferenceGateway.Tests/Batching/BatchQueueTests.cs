using System.Diagnostics;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Tests.Batching;

public sealed class BatchQueueTests
{
    private static readonly ModelSignature Signature = new(
        [new TensorSpec("x", TensorElementType.Float, [-1, -1], ["", ""])], [new TensorSpec("y", TensorElementType.Float, [-1], [""])], batchable: true);

    [Fact]
    public void A_higher_priority_runs_first_and_equals_run_in_their_order()
    {
        var queue = Queue(maxRows: 1, levels: 3);
        InferenceItem[] items = [Item(priority: 3), Item(priority: 2), Item(priority: 1), Item(priority: 2)];
        Assert.All(items, item => Assert.True(queue.TryEnqueue(item)));
        Assert.Equal([items[2], items[1], items[3], items[0]], Enumerable.Range(0, 4).Select(_ => Take(queue).Single()));
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public void A_run_is_filled_from_lower_levels_too()
    {
        var queue = Queue(maxRows: 8, levels: 2);
        InferenceItem[] items = [Item(priority: 2), Item(priority: 1)];
        Assert.All(items, item => Assert.True(queue.TryEnqueue(item)));
        Assert.Equal([items[1], items[0]], Take(queue));
    }

    [Fact]
    public void Requests_are_skipped_whose_rows_do_not_fit_and_come_next()
    {
        var queue = Queue(maxRows: 4, levels: 1);
        InferenceItem[] items = [Item(rows: 3), Item(rows: 2), Item(rows: 1), Item(columns: 7)];
        Assert.All(items, item => Assert.True(queue.TryEnqueue(item)));
        Assert.Equal([items[0], items[2]], Take(queue));
        Assert.Equal([items[1]], Take(queue));
        Assert.Equal([items[3]], Take(queue));
    }

    [Fact]
    public async Task A_request_that_could_not_end_in_time_is_refused_before_it_runs()
    {
        var times = new RunTime();
        for (var i = 0; i < 10; i++)
            times.Learn(1, Stopwatch.Frequency);
        var queue = new BatchQueue(new BatchPolicy(1, 0, [], 10, 1), times);
        var (first, late, other) = (Item(), Item(), Item());
        // The first is tried all the same, so that a model that was slow once is not given up.
        first.Deadline = late.Deadline = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
        var wait = late.Begin();
        Assert.True(queue.TryEnqueue(first));
        Assert.True(queue.TryEnqueue(late));
        Assert.True(queue.TryEnqueue(other));
        Assert.Equal([first], Take(queue));
        Assert.Equal([other], Take(queue));
        Assert.Equal("timeout", (await wait)!.Code);
    }

    [Fact]
    public async Task A_run_waits_for_more_until_a_preferred_size_is_there()
    {
        var queue = new BatchQueue(new BatchPolicy(8, 60 * Stopwatch.Frequency, [3], 10, 1), new RunTime());
        Assert.True(queue.TryEnqueue(Item()));
        Assert.True(queue.TryEnqueue(Item()));
        var taking = Task.Run(() => Take(queue), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<TimeoutException>(() => taking.WaitAsync(TimeSpan.FromMilliseconds(100)));
        Assert.True(queue.TryEnqueue(Item()));
        Assert.Equal(3, (await taking).Length);
    }

    [Fact]
    public void A_closed_queue_takes_nothing_and_gives_what_it_has()
    {
        var queue = new BatchQueue(new BatchPolicy(8, 60 * Stopwatch.Frequency, [], 10, 1), new RunTime());
        Assert.True(queue.TryEnqueue(Item()));
        queue.Close();
        Assert.False(queue.TryEnqueue(Item()));
        Assert.Single(Take(queue));
        Assert.Empty(Take(queue));
    }

    [Fact]
    public void The_time_of_a_run_is_learnt_as_a_line_over_its_rows()
    {
        var times = new RunTime();
        for (var i = 0; i < 200; i++)
            times.Learn((i % 8) + 1, 1000 + (250 * ((i % 8) + 1)));
        Assert.InRange(times.Predict(1), 1240, 1260);
        Assert.InRange(times.Predict(16), 4980, 5020);
    }

    private static BatchQueue Queue(int maxRows, int levels) => new(new BatchPolicy(maxRows, 0, [], 100, levels), new RunTime());

    private static InferenceItem[] Take(BatchQueue queue)
    {
        var run = new InferenceItem[8];
        return run[..queue.Take(run)];
    }

    private static InferenceItem Item(int rows = 1, int columns = 4, int priority = 1)
    {
        var item = new InferenceItem(Signature) { Rows = rows, Priority = priority };
        item.Inputs[0].SetShape([rows, columns]);
        return item;
    }
}
