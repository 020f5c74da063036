using System.Diagnostics;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.Testing;

namespace MlopsPlane.InferenceGateway.Tests.Batching;

public sealed class ExecutorTests
{
    [Fact]
    public async Task A_request_gets_what_the_model_gives()
    {
        await using var model = new LoadedModel("addsub.onnx");
        var (a, b) = (Enumerable.Range(0, 16).ToArray(), Enumerable.Repeat(5, 16).ToArray());
        var item = model.Item(([1, 16], LoadedModel.Bytes(a)), ([1, 16], LoadedModel.Bytes(b)));
        Assert.Null(await model.RunAsync(item));
        Assert.Equal([1, 16], item.Outputs[0].Shape.ToArray());
        Assert.Equal(a.Select(x => x + 5), LoadedModel.Values<int>(item.Outputs[0]));
        Assert.Equal(a.Select(x => x - 5), LoadedModel.Values<int>(item.Outputs[1]));
    }

    [Fact]
    public async Task Requests_that_wait_together_run_together_and_get_their_own_rows()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 64, MaxDelayMs = 200, Preferred = [30] });
        Assert.Null(model.Refusal);
        var items = Enumerable.Range(0, 10).Select(i => model.Item(([3, 4], LoadedModel.Bytes(Enumerable.Repeat((float)i, 12).ToArray())))).ToList();
        var errors = await Task.WhenAll(items.Select(model.RunAsync));
        Assert.All(errors, Assert.Null);
        for (var i = 0; i < items.Count; i++)
        {
            Assert.Equal(30, items[i].RunRows);
            Assert.Equal([3, 4], items[i].Outputs[0].Shape.ToArray());
            Assert.All(LoadedModel.Values<float>(items[i].Outputs[0]), value => Assert.Equal(i + 12345.678f, value));
        }
    }

    [Fact]
    public async Task A_short_run_is_made_by_its_caller_and_many_callers_get_their_own_rows()
    {
        await using var model = new LoadedModel("add-constant.onnx", instances: 2, shortRun: long.MaxValue);
        // What a run takes is not known before the first one, which an instance's thread makes.
        Assert.Null(await model.RunAsync(model.Item(([1, 4], LoadedModel.Bytes(new float[4])))));
        await Until.TrueAsync(async () =>
        {
            var pending = model.Executor.ExecuteAsync(model.Item(([1, 4], LoadedModel.Bytes(new float[4]))), TestContext.Current.CancellationToken);
            var atOnce = pending.IsCompleted;
            Assert.Null(await pending);
            return atOnce;
        });
        var before = model.Executor.Runs;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                var item = model.Item(([1, 4], LoadedModel.Bytes(Enumerable.Repeat((float)caller, 4).ToArray())));
                Assert.Null(await model.RunAsync(item));
                Assert.All(LoadedModel.Values<float>(item.Outputs[0]), value => Assert.Equal(caller + 12345.678f, value));
                model.Executor.Return(item);
            }
        })));
        Assert.InRange(model.Executor.Runs - before, 1, 1600);
    }

    [Fact]
    public async Task A_request_that_may_wait_for_others_is_never_run_by_its_caller()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 2, MaxDelayMs = 60_000 }, shortRun: long.MaxValue);
        Assert.Null(await model.RunAsync(model.Item(([2, 4], LoadedModel.Bytes(new float[8])))));
        var items = Enumerable.Range(0, 2).Select(_ => model.Item(([1, 4], LoadedModel.Bytes(new float[4])))).ToList();
        Assert.All(await Task.WhenAll(items.Select(model.RunAsync)), Assert.Null);
        Assert.All(items, item => Assert.Equal(2, item.RunRows));
    }

    [Theory]
    [InlineData("mixing.onnx")]
    [InlineData("mixing-whole.onnx")]
    public async Task A_model_whose_rows_depend_on_each_other_runs_each_request_alone(string file)
    {
        await using var model = new LoadedModel(file);
        Assert.Contains("depend on each other", model.Refusal, StringComparison.Ordinal);
        Assert.Equal(1, model.Executor.Policy.MaxRows);
    }

    [Fact]
    public async Task A_bad_request_fails_alone()
    {
        await using var model = new LoadedModel("gather.onnx", new BatchingSpec { MaxBatch = 3, MaxDelayMs = 1000 });
        var good = model.Item(([1], LoadedModel.Bytes(2L)));
        var bad = model.Item(([1], LoadedModel.Bytes(99L)));
        var other = model.Item(([1], LoadedModel.Bytes(0L)));
        var errors = await Task.WhenAll(new[] { good, bad, other }.Select(model.RunAsync));
        Assert.Null(errors[0]);
        Assert.Null(errors[2]);
        Assert.Equal(400, errors[1]!.Status);
        Assert.Contains("'m' version 1", errors[1]!.Message, StringComparison.Ordinal);
        Assert.Contains("pick_row", errors[1]!.Message, StringComparison.Ordinal);
        Assert.Equal(2, LoadedModel.Values<float>(good.Outputs[0]).Length);
    }

    [Fact]
    public async Task Rows_of_different_shapes_never_share_a_run()
    {
        await using var model = new LoadedModel("seqlen.onnx", new BatchingSpec { MaxBatch = 8, MaxDelayMs = 100 });
        var items = new[] { 3, 5, 3, 5, 7 }.Select(length => model.Item(([1, length], LoadedModel.Bytes(Enumerable.Range(0, length).Select(i => (long)i).ToArray())))).ToList();
        Assert.All(await Task.WhenAll(items.Select(model.RunAsync)), Assert.Null);
        Assert.All(items, item => Assert.Equal(item.Inputs[0].Shape.ToArray(), item.Outputs[0].Shape.ToArray()));
        Assert.All(items, item => Assert.InRange(item.RunRows, 1, 2));
    }

    [Fact]
    public async Task A_request_with_more_rows_than_a_run_should_have_runs_alone()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 2 });
        var item = model.Item(([5, 4], LoadedModel.Bytes(new float[20])));
        Assert.Null(await model.RunAsync(item));
        Assert.Equal(5, item.RunRows);
        Assert.Equal(20, LoadedModel.Values<float>(item.Outputs[0]).Length);
    }

    [Fact]
    public async Task Outputs_whose_size_depends_on_the_data_are_returned_whole()
    {
        await using var model = new LoadedModel("nonzero.onnx");
        Assert.NotNull(model.Refusal);
        foreach (var values in new float[][] { [0, 1, 0, 2], [1, 1, 1, 1], [0, 0, 0, 0] })
        {
            var item = model.Item(([4], LoadedModel.Bytes(values)));
            Assert.Null(await model.RunAsync(item));
            Assert.Equal(values.Index().Where(entry => entry.Item != 0).Select(entry => (long)entry.Index), LoadedModel.Values<long>(item.Outputs[0]));
        }
    }

    [Theory]
    [InlineData("bool", 1)]
    [InlineData("int8", 1)]
    [InlineData("int16", 2)]
    [InlineData("int32", 4)]
    [InlineData("int64", 8)]
    [InlineData("uint8", 1)]
    [InlineData("uint16", 2)]
    [InlineData("uint32", 4)]
    [InlineData("uint64", 8)]
    [InlineData("fp16", 2)]
    [InlineData("bf16", 2)]
    [InlineData("fp32", 4)]
    [InlineData("fp64", 8)]
    public async Task Every_element_type_passes_through_bit_for_bit(string type, int size)
    {
        await using var model = new LoadedModel($"identity-{type}.onnx");
        var data = Enumerable.Range(0, 6 * size).Select(i => type == "bool" ? (byte)(i % 2) : (byte)(i * 37)).ToArray();
        var item = model.Item(([3, 2], data));
        Assert.Null(await model.RunAsync(item));
        Assert.Equal(data, System.Buffers.BuffersExtensions.ToArray(item.Outputs[0].Data));
    }

    [Fact]
    public async Task Text_passes_through()
    {
        await using var model = new LoadedModel("identity-string.onnx");
        byte[] data = [3, 0, 0, 0, .. "hé"u8, 0, 0, 0, 0];
        var item = model.Item(([1, 2], data));
        Assert.Null(await model.RunAsync(item));
        Assert.Equal(data, System.Buffers.BuffersExtensions.ToArray(item.Outputs[0].Data));
    }

    [Fact]
    public async Task Probabilities_of_a_classifier_become_a_tensor()
    {
        await using var model = new LoadedModel("classifier.onnx");
        var signature = model.Executor.Signature;
        var input = signature.Inputs[0];
        var item = model.Item(([2, input.Shape[1]], LoadedModel.Bytes(new float[2 * input.Shape[1]])));
        Assert.Null(await model.RunAsync(item));
        Assert.Equal([2], item.Outputs[0].Shape.ToArray());
        Assert.Equal(2, item.Outputs[1].Rank);
        Assert.Equal(2, item.Outputs[1].Shape[0]);
        Assert.Equal(2.0, LoadedModel.Values<float>(item.Outputs[1]).Sum(), 3);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_says_when_to_come_back()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 100, MaxDelayMs = 300, Queue = 2 });
        var items = Enumerable.Range(0, 3).Select(_ => model.Item(([1, 4], LoadedModel.Bytes(new float[4])))).ToList();
        var runs = items.Select(model.RunAsync).ToList();
        var refused = await runs[2];
        Assert.Equal((503, 1), (refused!.Status, refused.RetryAfterSeconds));
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);
        Assert.Null(await runs[0]);
        Assert.Null(await runs[1]);
    }

    [Fact]
    public async Task A_client_that_goes_frees_its_place()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 100, MaxDelayMs = 500, Queue = 1 });
        using var gone = new CancellationTokenSource();
        var first = model.Executor.ExecuteAsync(model.Item(([1, 4], LoadedModel.Bytes(new float[4]))), gone.Token).AsTask();
        Assert.Equal(1, model.Executor.QueueDepth);
        await gone.CancelAsync();
        Assert.Equal(499, (await first)!.Status);
        Assert.Equal(0, model.Executor.QueueDepth);
        Assert.Null(await model.RunAsync(model.Item(([1, 4], LoadedModel.Bytes(new float[4])))));
    }

    [Fact]
    public async Task A_request_whose_time_is_up_is_told_so_while_it_waits()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 100, MaxDelayMs = 1000, PriorityLevels = 1 });
        var item = model.Item(([1, 4], LoadedModel.Bytes(new float[4])));
        item.Deadline = Stopwatch.GetTimestamp() - 1;
        var error = await model.RunAsync(item);
        Assert.Equal((503, "timeout"), (error!.Status, error.Code));
    }

    [Fact]
    public async Task A_request_with_little_time_ends_the_wait_of_those_before_it()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 100, MaxDelayMs = 60_000 });
        // A run that is thought to take long starts long before the deadline.
        model.Executor.Learn(model.Item(([1, 4], LoadedModel.Bytes(new float[4]))), 1, 5 * Stopwatch.Frequency);
        var patient = model.RunAsync(model.Item(([1, 4], LoadedModel.Bytes(new float[4]))));
        var hurried = model.Item(([1, 4], LoadedModel.Bytes(new float[4])));
        hurried.Deadline = Stopwatch.GetTimestamp() + (11 * Stopwatch.Frequency);
        Assert.Null(await model.RunAsync(hurried));
        Assert.Null(await patient.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(2, hurried.RunRows);
    }

    [Fact]
    public async Task A_deadline_beyond_every_timer_is_none()
    {
        await using var model = new LoadedModel("add-constant.onnx");
        var item = model.Item(([1, 4], LoadedModel.Bytes(new float[4])));
        item.Deadline = long.MaxValue - 1;
        Assert.Null(await model.RunAsync(item));
    }

    [Fact]
    public async Task What_waits_is_still_answered_when_the_model_is_given_up()
    {
        var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 100, MaxDelayMs = 1000 });
        var run = model.RunAsync(model.Item(([1, 4], LoadedModel.Bytes(new float[4]))));
        await model.DisposeAsync();
        Assert.Null(await run);
    }
}
