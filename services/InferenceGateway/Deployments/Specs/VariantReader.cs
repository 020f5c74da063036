using System.Text.Json;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>Reads one entry of <c>variants</c>.</summary>
internal static class VariantReader
{
    private static readonly string[] Fields = ["name", "model", "weight", "shadow", "runtime", "url", "protocol", "externalModel"];
    private static readonly string[] Protocols = [VariantSpec.Oip, VariantSpec.OpenAi];

    /// <exception cref="Primitives.PlaneException">400: a field breaks a rule.</exception>
    public static VariantSpec Read(JsonElement json, string path)
    {
        var variant = new SpecObject(json, path, Fields);
        var name = variant.Text("name", int.MaxValue) ?? throw SpecError.Of(variant.PathOf("name"), "must be given");
        if (!SpecRules.IsPartName(name))
            throw SpecError.Of(variant.PathOf("name"), $"must have {SpecRules.PartNameRule}");
        var shadow = variant.Flag("shadow") ?? false;
        var weight = variant.Int("weight", 0, 100) ?? 0;
        if (shadow && weight != 0)
            throw SpecError.Of(variant.PathOf("weight"), "must be 0 for a shadow, which gets a copy of every request");
        var runtime = variant.OneOf("runtime", VariantSpec.Onnx, VariantSpec.External) ?? VariantSpec.Onnx;
        var read = new VariantSpec { Name = name, Weight = weight, Shadow = shadow, Runtime = runtime };
        return read.IsExternal ? External(variant, read) : Registered(variant, read);
    }

    private static VariantSpec Registered(SpecObject variant, VariantSpec read)
    {
        foreach (var field in new[] { "url", "protocol", "externalModel" })
        {
            if (variant.Has(field, out _))
                throw SpecError.Of(variant.PathOf(field), $"belongs to the runtime '{VariantSpec.External}' only");
        }

        var model = variant.Text("model", int.MaxValue) ?? throw SpecError.Of(variant.PathOf("model"), "must be given: models:/name/version or models:/name@alias");
        return read with { Model = ModelReference.Parse(model, variant.PathOf("model")).ToString() };
    }

    private static VariantSpec External(SpecObject variant, VariantSpec read)
    {
        if (variant.Has("model", out _))
            throw SpecError.Of(variant.PathOf("model"), $"belongs to the runtime '{VariantSpec.Onnx}' only; 'externalModel' says what the server calls it");
        var url = variant.Text("url", SpecRules.MaxUrlLength) ?? throw SpecError.Of(variant.PathOf("url"), "must be given");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) || address.Host.Length == 0)
            throw SpecError.Of(variant.PathOf("url"), "must be an http or https address");
        if (address.UserInfo.Length > 0)
            throw SpecError.Of(variant.PathOf("url"), "must not contain credentials");
        if (address.Query.Length > 0 || address.Fragment.Length > 0)
            throw SpecError.Of(variant.PathOf("url"), "must be a base address, without ? and #");
        var protocol = variant.OneOf("protocol", Protocols) ?? throw SpecError.Of(variant.PathOf("protocol"), $"must be one of {string.Join(", ", Protocols)}");
        if (read.Shadow && protocol == VariantSpec.OpenAi)
            throw SpecError.Of(variant.PathOf("shadow"), $"cannot be with the protocol '{VariantSpec.OpenAi}', which takes no tensors");
        return read with
        {
            Url = url,
            Protocol = protocol,
            ExternalModel = variant.Text("externalModel", SpecRules.MaxExternalModel),
        };
    }
}
