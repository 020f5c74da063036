using System.Text;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Tests.Runs;

public sealed class BatchReaderTests
{
    [Fact]
    public void The_plain_form_of_a_batch_is_read_in_one_pass()
    {
        var batch = Read("""
            {"run_id": "r1", "metrics": [
              {"key": "loss", "value": 0.5, "timestamp": 17, "step": 3},
              {"timestamp": "18", "value": "NaN", "key": "loss", "step": "-4", "model_id": "m-1", "dataset_name": "d", "dataset_digest": "x"},
              {"key": "auc", "value": "-Infinity", "timestamp": 0}],
             "params": [{"key": "lr", "value": "0.1"}, {"key": "empty"}], "tags": [{"value": "v", "key": "t"}]}
            """);
        Assert.NotNull(batch);
        Assert.Equal("r1", batch.RunId);
        Assert.Equal([new MetricPoint("loss", 0.5, 17, 3), new("loss", double.NaN, 18, -4), new("auc", double.NegativeInfinity, 0, 0)], batch.Metrics);
        Assert.Same(batch.Metrics[0].Key, batch.Metrics[1].Key);
        Assert.Equal(("m-1", "d", "x"), (batch.ModelMetrics[0].ModelId, batch.ModelMetrics[0].DatasetName, batch.ModelMetrics[0].DatasetDigest));
        Assert.Equal([new("lr", "0.1"), new("empty", "")], batch.Params);
        Assert.Equal([new("t", "v")], batch.Tags);
        Assert.Empty(Read("""{"run_id":"r1"}""")!.Metrics);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"run_id":"r"} x""")]
    [InlineData("""{"run_id":""}""")]
    [InlineData("""{"metrics":[]}""")]
    [InlineData("""{"run_id":1}""")]
    [InlineData("""{"run_id":"r","run_id":"s"}""")]
    [InlineData("""{"runId":"r"}""")]
    [InlineData("""{"run_id":"\u0072"}""")]
    [InlineData("""{"run_id":"ä"}""")]
    [InlineData("""{"run_id":"r","metrics":null}""")]
    [InlineData("""{"run_id":"r","metrics":[1]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":1}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"","value":1,"timestamp":1}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":1e999,"timestamp":1}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":"1","timestamp":1}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":true,"timestamp":1}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":1.5}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":"1x"}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":9223372036854775808}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":1,"step":null}]}""")]
    [InlineData("""{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":1,"other":1}]}""")]
    [InlineData("""{"run_id":"r","params":[{"key":"k","key":"l"}]}""")]
    [InlineData("""{"run_id":"r","params":[{"value":"v"}]}""")]
    [InlineData("""{"run_id":"r","tags":{"key":"k"}}""")]
    public void Any_other_form_is_left_to_the_general_reader(string body) => Assert.Null(Read(body));

    private static Batch? Read(string body) => BatchReader.Read(Encoding.UTF8.GetBytes(body));
}
