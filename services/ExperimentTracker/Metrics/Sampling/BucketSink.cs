using System.Runtime.InteropServices;
using System.Text.Json;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;

namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>
/// Sorts points into equal ranges of steps, from the step of the first point in time to the greatest; or of time, from
/// the first point to the last.
/// </summary>
internal sealed class BucketSink(int series, int buckets, bool byTime) : HistorySink
{
    private readonly Series?[] all = new Series?[series];

    /// <summary>Values of a series that are NaN and so in no bucket.</summary>
    public long NanCount(int one) => all[one]?.NanCount ?? 0;

    /// <summary>Writes the buckets of a series that hold a number, by step, as items of the array that the writer is in.</summary>
    public void Write(Utf8JsonWriter writer, int one) => all[one]?.Write(writer);

    public override void Begin(int series, (long Timestamp, long Step) end) => all[series] = new Series(buckets, byTime ? end.Timestamp : end.Step);

    public override void Points(int series, ReadOnlySpan<HistoryPoint> points)
    {
        var into = all[series]!;
        into.Start(byTime ? points[0].Timestamp : points[0].Step);
        foreach (ref readonly var point in points)
        {
            if (double.IsNaN(point.Value))
                into.NanCount++;
            else
                into.At(byTime ? point.Timestamp : point.Step).Add(point.Step, point.Step, point.Timestamp, point.Timestamp, point.Value, point.Value, 1);
        }
    }

    public override void Summary(int series, in ChunkSummary chunk)
    {
        var into = all[series]!;
        into.Start(byTime ? chunk.First.Timestamp : chunk.First.Step);
        into.NanCount += chunk.NanCount;
        if (chunk is { Min: { } min, Max: { } max })
            into.At(byTime ? chunk.First.Timestamp : chunk.MinStep).Add(chunk.MinStep, chunk.MaxStep, chunk.First.Timestamp, chunk.LastTimestamp, min, max, chunk.Count - chunk.NanCount);
    }

    private sealed class Series(int buckets, long end)
    {
        private readonly State[] states = new State[buckets];
        private double first = double.NaN;
        private double perUnit;

        public long NanCount { get; set; }

        public void Write(Utf8JsonWriter writer)
        {
            foreach (ref readonly var state in states.AsSpan())
            {
                if (state.Count > 0)
                    state.Write(writer);
            }
        }

        public void Start(long begin)
        {
            if (!double.IsNaN(first))
                return;
            // In doubles, which cannot overflow.
            first = begin;
            perUnit = buckets / ((double)end - first + 1);
        }

        /// <summary>Steps that ran backwards before the first point's join its bucket.</summary>
        public ref State At(long place) => ref states[(int)Math.Clamp((place - first) * perUnit, 0, states.Length - 1)];
    }

    [StructLayout(LayoutKind.Auto)]
    private struct State
    {
        private long fromStep, toStep, fromTime, toTime;
        private double min, max;

        public long Count { get; private set; }

        public void Add(long from, long to, long begin, long end, double least, double greatest, long count)
        {
            if (Count == 0)
            {
                (fromStep, toStep, fromTime, toTime, min, max) = (from, to, begin, end, least, greatest);
            }
            else
            {
                (fromStep, toStep) = (Math.Min(fromStep, from), Math.Max(toStep, to));
                (fromTime, toTime) = (Math.Min(fromTime, begin), Math.Max(toTime, end));
                (min, max) = (Math.Min(min, least), Math.Max(max, greatest));
            }

            Count += count;
        }

        /// <summary>Writes a <see cref="GetHistories.Bucket"/>.</summary>
        public readonly void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteNumber("fromStep"u8, fromStep);
            writer.WriteNumber("toStep"u8, toStep);
            writer.WriteNumber("fromTime"u8, fromTime);
            writer.WriteNumber("toTime"u8, toTime);
            writer.WriteNumber("min"u8, min);
            writer.WriteNumber("max"u8, max);
            writer.WriteNumber("count"u8, Count);
            writer.WriteEndObject();
        }
    }
}
