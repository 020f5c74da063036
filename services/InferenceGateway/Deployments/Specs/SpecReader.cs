using System.Text.Json;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>Makes a whole and checked spec out of what somebody wrote.</summary>
internal static class SpecReader
{
    private const string MainVariant = "main";

    private static readonly string[] Fields =
    [
        "name", "model", "pool", "replicas", "pin", "variants", "stickyHeader", "instances", "provider", "batching", "warmup", "cache", "idleUnloadSeconds", "sampling",
    ];

    /// <exception cref="PlaneException">400: a field breaks a rule, which the message names.</exception>
    public static DeploymentSpec Read(JsonElement json)
    {
        var spec = new SpecObject(json, "", Fields);
        var variants = ReadVariants(spec);
        var name = spec.Text("name", int.MaxValue) ?? NameOf(variants);
        if (!SpecRules.IsName(name))
            throw SpecError.Of("name", $"must have {SpecRules.NameRule}");
        var pool = spec.Text("pool", int.MaxValue) ?? "default";
        if (!SpecRules.IsPartName(pool))
            throw SpecError.Of("pool", $"must have {SpecRules.PartNameRule}");
        var sticky = spec.Text("stickyHeader", SpecRules.MaxHeaderLength);
        if (sticky is not null && !SpecRules.IsHeader(sticky))
            throw SpecError.Of("stickyHeader", "must be the name of an HTTP header");
        return new DeploymentSpec
        {
            Name = name,
            Pool = pool,
            Replicas = spec.Int("replicas", 1, SpecRules.MaxReplicas),
            Pin = PartReader.Pin(spec),
            Variants = variants,
            StickyHeader = sticky,
            Instances = spec.Int("instances", 1, SpecRules.MaxInstances) ?? 1,
            Provider = PartReader.Provider(spec),
            Batching = PartReader.Batching(spec),
            Warmup = PartReader.Warmup(spec),
            Cache = PartReader.Cache(spec),
            IdleUnloadSeconds = spec.Int("idleUnloadSeconds", 1, SpecRules.MaxIdleSeconds),
            Sampling = PartReader.Sampling(spec),
        };
    }

    private static List<VariantSpec> ReadVariants(SpecObject spec)
    {
        if (spec.Text("model", int.MaxValue) is { } model)
        {
            if (spec.Has("variants", out _))
                throw SpecError.Of("model", "is the short form of one variant, and must not stand beside 'variants'");
            return [new VariantSpec { Name = MainVariant, Model = ModelReference.Parse(model, "model").ToString(), Weight = 100 }];
        }

        var written = spec.List("variants", SpecRules.MaxVariants).ToList();
        if (written.Count == 0)
            throw SpecError.Of("variants", "must have at least one entry, or 'model' must name the one model to serve");
        var variants = written.Select(part => VariantReader.Read(part.Value, part.Path)).ToList();
        if (variants.GroupBy(variant => variant.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw SpecError.Of("variants", $"has two entries with the name '{twice.Key}'; each needs a name of its own");
        if (variants.All(variant => variant.Shadow))
            throw SpecError.Of("variants", "has shadows only; one at least must answer");
        // Somebody who names one variant need not say that it gets everything.
        if (variants.Count(variant => !variant.Shadow) == 1)
            variants = [.. variants.Select((variant, i) => variant.Shadow || HasWeight(written[i].Value) ? variant : variant with { Weight = 100 })];
        var sum = variants.Where(variant => !variant.Shadow).Sum(variant => variant.Weight);
        return sum == 100 ? variants : throw SpecError.Of("variants", $"has weights that add up to {sum}; those of the variants that are no shadows must add up to 100");
    }

    private static bool HasWeight(JsonElement variant) => variant.TryGetProperty("weight", out var weight) && weight.ValueKind != JsonValueKind.Null;

    private static string NameOf(List<VariantSpec> variants)
    {
        if (variants is not [{ Model: { } model }])
            throw SpecError.Of("name", "must be given");
        var reference = ModelReference.Parse(model, "model");
        return SpecRules.NameOf(reference.Model) ?? throw SpecError.Of("name", $"must be given: the model's name '{reference.Model}' makes no name of a deployment");
    }
}
