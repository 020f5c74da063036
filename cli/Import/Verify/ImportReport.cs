using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Import.Verify;

/// <summary>What was found at the source and at the destination, and all that did not come over. Written by many workers.</summary>
internal sealed class ImportReport
{
    /// <summary>Entries of each list that are kept; the rest is only counted.</summary>
    private const int MaxEntries = 10_000;

    private readonly Lock gate = new();
    private readonly Entries mismatches = new();
    private readonly Entries failures = new();
    private readonly Entries skipped = new();
    private readonly SortedDictionary<string, Entries> replaced = new(StringComparer.Ordinal);

    public Tally Source { get; } = new();

    public Tally Destination { get; } = new();

    /// <summary>Everything that was meant to come over is there and equal.</summary>
    public bool Verified => mismatches.Count == 0 && failures.Count == 0;

    public long Mismatches => mismatches.Count;

    public long Failures => failures.Count;

    /// <summary>Compares one thing kind by kind and takes it into the totals.</summary>
    public void Compare(string what, Tally source, Tally destination)
    {
        foreach (var kind in source.Kinds.Keys.Union(destination.Kinds.Keys, StringComparer.Ordinal))
        {
            var (there, here) = (source.Of(kind), destination.Of(kind));
            if (there != here)
                Add(mismatches, new JsonObject { ["kind"] = kind, ["of"] = what, ["source"] = there.Count, ["destination"] = here.Count });
        }

        Source.Add(source);
        Destination.Add(destination);
    }

    /// <summary>Something was meant to come over and could not.</summary>
    public void Failed(string what, string reason) => Add(failures, new JsonObject { ["what"] = what, ["reason"] = reason });

    /// <summary>Something was left out on purpose.</summary>
    public void Skipped(string what, string reason) => Add(skipped, new JsonObject { ["what"] = what, ["reason"] = reason });

    /// <summary>Something has another id or name here.</summary>
    public void Replaced(string kind, string there, string here)
    {
        lock (gate)
        {
            if (!replaced.TryGetValue(kind, out var entries))
                replaced.Add(kind, entries = new Entries());
            entries.Add(new JsonObject { ["source"] = there, ["destination"] = here });
        }
    }

    public JsonObject ToJson()
    {
        lock (gate)
        {
            var kinds = new JsonArray([.. Source.Kinds.Keys.Union(Destination.Kinds.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(kind =>
                (JsonNode)new JsonObject
                {
                    ["kind"] = kind,
                    ["source"] = Side(Source.Of(kind)),
                    ["destination"] = Side(Destination.Of(kind)),
                    ["equal"] = Source.Of(kind) == Destination.Of(kind),
                })]);
            return new JsonObject
            {
                ["verified"] = Verified,
                ["kinds"] = kinds,
                ["mismatches"] = mismatches.ToJson(),
                ["failures"] = failures.ToJson(),
                ["skipped"] = skipped.ToJson(),
                ["replaced"] = new JsonObject(replaced.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value.ToJson()))),
            };
        }
    }

    private static JsonObject Side(Tally.Sum sum) => new() { ["count"] = sum.Count, ["digest"] = sum.Digest };

    private void Add(Entries to, JsonObject entry)
    {
        lock (gate)
            to.Add(entry);
    }

    private sealed class Entries
    {
        private readonly List<JsonObject> kept = [];

        public long Count { get; private set; }

        public void Add(JsonObject entry)
        {
            Count++;
            if (kept.Count < MaxEntries)
                kept.Add(entry);
        }

        public JsonObject ToJson() => new() { ["count"] = Count, ["entries"] = new JsonArray([.. kept.OrderBy(entry => entry.ToJsonString(), StringComparer.Ordinal).Select(entry => entry.DeepClone())]) };
    }
}
