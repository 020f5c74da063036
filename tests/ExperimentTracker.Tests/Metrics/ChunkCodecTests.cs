using MlopsPlane.ExperimentTracker.Metrics.Chunks;

namespace MlopsPlane.ExperimentTracker.Tests.Metrics;

public sealed class ChunkCodecTests
{
    [Fact]
    public void Points_at_every_end_of_the_range_of_numbers_are_read_as_they_were_written()
    {
        long[] numbers = [0, 1, -1, long.MaxValue, long.MinValue, long.MaxValue, 1_700_000_000_000, 127, 128, -129];
        double[] values = [0, -0.0, double.NaN, double.MaxValue, double.Epsilon, 1 / 3.0];
        var points = numbers.SelectMany(time => numbers.Select((step, i) => new HistoryPoint(time, step, values[i % values.Length]))).ToArray();
        Assert.Equal(points, RoundTrip(points));
    }

    [Fact]
    public void Random_walks_are_read_as_they_were_written()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var (time, step) = (random.NextInt64(), random.NextInt64());
            var points = new HistoryPoint[random.Next(1, 2000)];
            for (var i = 0; i < points.Length; i++)
            {
                time = unchecked(time + random.NextInt64(-100, 100_000));
                step = random.Next(10) == 0 ? random.NextInt64() : step + 1;
                points[i] = new HistoryPoint(time, step, random.NextDouble());
            }

            Assert.Equal(points, RoundTrip(points));
        }
    }

    [Fact]
    public void A_point_at_a_steady_pace_takes_ten_bytes()
    {
        var points = Enumerable.Range(0, 1000).Select(i => new HistoryPoint(1_700_000_000_000 + (i * 250), i, i)).ToArray();
        Assert.InRange(ChunkCodec.Encode(points).Length, 10_000, 10_020);
    }

    [Fact]
    public void Bytes_that_are_no_chunk_are_refused()
    {
        var points = new HistoryPoint[3];
        var bytes = ChunkCodec.Encode([new(1, 2, 3), new(4, 5, 6), new(7, 8, 9)]);
        Assert.Throws<InvalidDataException>(() => ChunkCodec.Decode([], points));
        Assert.Throws<InvalidDataException>(() => ChunkCodec.Decode([2, .. bytes[1..]], points));
        Assert.Throws<InvalidDataException>(() => ChunkCodec.Decode(bytes.AsSpan(0, bytes.Length - 1), points));
        Assert.Throws<InvalidDataException>(() => ChunkCodec.Decode([.. bytes, 0], points));
        Assert.Throws<InvalidDataException>(() => ChunkCodec.Decode([1, .. Enumerable.Repeat((byte)0xFF, 40)], points));
    }

    private static HistoryPoint[] RoundTrip(HistoryPoint[] points)
    {
        var read = new HistoryPoint[points.Length];
        ChunkCodec.Decode(ChunkCodec.Encode(points), read);
        return read;
    }
}
