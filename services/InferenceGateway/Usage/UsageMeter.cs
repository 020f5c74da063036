using System.Diagnostics;
using System.Runtime.InteropServices;
using MlopsPlane.InferenceGateway.Serving;

namespace MlopsPlane.InferenceGateway.Usage;

/// <summary>Counts what each variant's versions use, until it is taken.</summary>
internal sealed class UsageMeter
{
    private readonly Lock gate = new();
    private Dictionary<Key, Tally> tallies = [];

    /// <summary>Counts a request that has ended.</summary>
    public void Count(InferenceCall call, bool succeeded)
    {
        var (deployment, variant, version) = (call.Deployment.Desired, call.Variant.Spec, call.Version);
        var key = new Key(deployment.Workspace, deployment.Spec.Name, variant.Name, version.Model, version.Version, variant.Shadow, version.Provider);
        var (item, inputs, outputs) = (call.Item, 0L, 0L);
        foreach (var input in item.Inputs)
            inputs += input.Data.Length;
        if (succeeded)
        {
            foreach (var output in item.Outputs)
                outputs += output.Data.Length;
        }

        var ticks = succeeded && item.RunRows > 0 ? (item.DoneAt - item.StartedAt) * item.Rows / item.RunRows : 0;
        lock (gate)
            TallyOf(key).Add(succeeded, item.Rows, inputs, outputs, ticks);
    }

    /// <summary>Everything that was counted since the last time.</summary>
    public IReadOnlyList<(Key Key, Tally Tally)> Take()
    {
        lock (gate)
        {
            var taken = tallies;
            tallies = [];
            return [.. taken.Select(pair => (pair.Key, pair.Value))];
        }
    }

    private Tally TallyOf(Key key) => CollectionsMarshal.GetValueRefOrAddDefault(tallies, key, out _) ??= new Tally();

    internal readonly record struct Key(string Workspace, string Deployment, string Variant, string Model, int Version, bool Shadow, string Device);

    internal sealed class Tally
    {
        private long ticks;

        public long Requests { get; private set; }

        public long Failed { get; private set; }

        public long Items { get; private set; }

        public long InputBytes { get; private set; }

        public long OutputBytes { get; private set; }

        public double ComputeSeconds => (double)ticks / Stopwatch.Frequency;

        public void Add(bool succeeded, int rows, long inputBytes, long outputBytes, long computeTicks)
        {
            Requests += succeeded ? 1 : 0;
            Failed += succeeded ? 0 : 1;
            Items += succeeded ? rows : 0;
            (InputBytes, OutputBytes, ticks) = (InputBytes + inputBytes, OutputBytes + outputBytes, ticks + computeTicks);
        }
    }
}
