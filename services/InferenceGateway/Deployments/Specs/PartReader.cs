using System.Text.Json;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>Reads the objects inside a spec; an absent one has its defaults.</summary>
internal static class PartReader
{
    public static ProviderSpec Provider(SpecObject spec)
    {
        if (!spec.Has("provider", out var json))
            return new();
        var part = new SpecObject(json, "provider", "kind", "onMissing", "options");
        var kind = part.Text("kind", int.MaxValue) ?? "cpu";
        if (!SpecRules.IsPartName(kind))
            throw SpecError.Of("provider.kind", $"must have {SpecRules.PartNameRule}");
        return new() { Kind = kind, OnMissing = part.OneOf("onMissing", "fail", "cpu") ?? "fail", Options = Options(part, kind) };
    }

    public static List<string>? Pin(SpecObject spec)
    {
        if (!spec.Has("pin", out _))
            return null;
        var names = new List<string>();
        foreach (var (value, path) in spec.List("pin", SpecRules.MaxPins))
        {
            if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } name || !SpecRules.IsPartName(name))
                throw SpecError.Of(path, $"must be the name of a replica: {SpecRules.PartNameRule}");
            if (names.Contains(name, StringComparer.Ordinal))
                throw SpecError.Of(path, $"names the replica '{name}' twice");
            names.Add(name);
        }

        return names.Count > 0 ? names : throw SpecError.Of("pin", "must have at least one entry, or be left out");
    }

    public static BatchingSpec Batching(SpecObject spec)
    {
        if (!spec.Has("batching", out var json))
            return new();
        var part = new SpecObject(json, "batching", "enabled", "maxBatch", "maxDelayMs", "preferred", "queue", "priorityLevels", "defaultPriority", "timeoutMs");
        var maxBatch = part.Int("maxBatch", 1, SpecRules.MaxBatch) ?? new BatchingSpec().MaxBatch;
        var levels = part.Int("priorityLevels", 1, SpecRules.MaxPriorityLevels) ?? 1;
        return new()
        {
            Enabled = part.Flag("enabled") ?? true,
            MaxBatch = maxBatch,
            MaxDelayMs = part.Real("maxDelayMs", 0, SpecRules.MaxDelayMs) ?? 0,
            Preferred = Preferred(part, maxBatch),
            Queue = part.Int("queue", 1, SpecRules.MaxQueue) ?? new BatchingSpec().Queue,
            PriorityLevels = levels,
            DefaultPriority = part.Int("defaultPriority", 1, levels) ?? 1,
            TimeoutMs = part.Int("timeoutMs", 1, SpecRules.MaxTimeoutMs),
        };
    }

    public static WarmupSpec Warmup(SpecObject spec)
    {
        if (!spec.Has("warmup", out var json))
            return new();
        var part = new SpecObject(json, "warmup", "source", "file", "count");
        var (source, file) = (part.OneOf("source", "generated", "file", "none") ?? "generated", part.Text("file", SpecRules.MaxFileLength));
        if (source == "file" != file is not null)
            throw SpecError.Of("warmup.file", source == "file" ? "must be given when 'warmup.source' is 'file'" : "needs 'warmup.source' to be 'file'");
        if (file is not null && (file.Contains('\\', StringComparison.Ordinal) || file.Split('/').Any(step => step is "" or "." or "..")))
            throw SpecError.Of("warmup.file", "must be a path inside the model's folder");
        return new() { Source = source, File = file, Count = part.Int("count", 1, SpecRules.MaxWarmups) ?? 1 };
    }

    public static CacheSpec Cache(SpecObject spec) => spec.Has("cache", out var json)
        ? new() { Bytes = new SpecObject(json, "cache", "bytes").Whole("bytes", 0, SpecRules.MaxCacheBytes) ?? 0 }
        : new();

    public static SamplingSpec Sampling(SpecObject spec)
    {
        if (!spec.Has("sampling", out var json))
            return new();
        var part = new SpecObject(json, "sampling", "rate", "maxBytes");
        return new() { Rate = part.Real("rate", 0, 1) ?? 0, MaxBytes = part.Int("maxBytes", 0, SpecRules.MaxSampleBytes) ?? new SamplingSpec().MaxBytes };
    }

    private static List<int> Preferred(SpecObject batching, int maxBatch)
    {
        var sizes = new List<int>();
        foreach (var (value, path) in batching.List("preferred", SpecRules.MaxPreferred))
        {
            var size = SpecObject.Whole(value, 1, maxBatch) ?? throw SpecError.Of(path, $"must be a whole number, 1 to {maxBatch} (batching.maxBatch)");
            if (sizes.Count > 0 && size <= sizes[^1])
                throw SpecError.Of(path, "must be greater than the one before it");
            sizes.Add((int)size);
        }

        return sizes;
    }

    private static Dictionary<string, string>? Options(SpecObject provider, string kind)
    {
        if (!provider.Has("options", out var json))
            return null;
        if (json.ValueKind != JsonValueKind.Object)
            throw SpecError.Of("provider.options", "must be an object");
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in json.EnumerateObject())
        {
            var path = $"provider.options.{option.Name}";
            if (options.Count == SpecRules.MaxProviderOptions)
                throw SpecError.Of("provider.options", $"must have at most {SpecRules.MaxProviderOptions} entries");
            if (option.Name.Length is 0 or > SpecRules.MaxOptionName || option.Name.Any(char.IsControl))
                throw SpecError.Of("provider.options", $"must have names of 1 to {SpecRules.MaxOptionName} characters without control characters");
            if (kind == ExecutionProvider.Cpu || (kind == ExecutionProvider.Cuda && !SpecRules.CudaOptions.Contains(option.Name)))
                throw SpecError.Of(path, kind == ExecutionProvider.Cpu ? "is no option of the CPU, which has none" : $"must be one of {string.Join(", ", SpecRules.CudaOptions.Order(StringComparer.Ordinal))}");
            if (option.Value.ValueKind != JsonValueKind.String || option.Value.GetString() is not { Length: <= SpecRules.MaxOptionValue } value || value.Any(char.IsControl))
                throw SpecError.Of(path, $"must be a text of at most {SpecRules.MaxOptionValue} characters without control characters");
            options.Add(option.Name, value);
        }

        return options.Count > 0 ? options : null;
    }
}
