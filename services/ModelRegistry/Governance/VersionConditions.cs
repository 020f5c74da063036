using System.Linq.Expressions;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>The conditions of <see cref="FindVersions"/>, each a further restriction of a query.</summary>
internal static class VersionConditions
{
    private const string DigestPrefix = "sha256:";
    private const int DigestLength = 64;

    public static IQueryable<ModelVersion> Tag(RegistryDb db, IQueryable<ModelVersion> versions, FindVersions.TagCondition? tag)
    {
        var (key, value) = (Required(tag?.Key, "tags[].key"), tag!.Value);
        return versions.Where(row =>
            db.VersionTags.Any(own => own.ModelKey == row.ModelKey && own.Version == row.Version && own.Key == key && (value == null || own.Value == value))
            || db.ModelTags.Any(common => common.ModelKey == row.ModelKey && common.Key == key && (value == null || common.Value == value)));
    }

    public static IQueryable<ModelVersion> Metric(RegistryDb db, IQueryable<ModelVersion> versions, FindVersions.MetricCondition? metric)
    {
        var key = Required(metric?.Key, "metrics[].key");
        var matching = db.Set<KnownMetric>().Where(row => row.Key == key).Where(Compare(metric!.Op, metric.Value));
        return versions.Where(row => matching.Any(known => known.WorkspaceId == row.WorkspaceId && known.RunId == row.RunId));
    }

    public static IQueryable<ModelVersion> Digest(RegistryDb db, IQueryable<ModelVersion> versions, string text)
    {
        var digest = text.StartsWith(DigestPrefix, StringComparison.OrdinalIgnoreCase) ? text[DigestPrefix.Length..] : text;
        if (digest.Length != DigestLength || !digest.All(char.IsAsciiHexDigit))
            throw PlaneError.Invalid("invalid_digest", "'digest' must be a SHA-256 in hex.").ToException();
        digest = digest.ToLowerInvariant();
        return versions.Where(row =>
            db.Set<VersionContent>().Any(content => content.ModelKey == row.ModelKey && content.Version == row.Version && content.Digest == digest)
            || db.Set<VersionFile>().Any(file => file.ModelKey == row.ModelKey && file.Version == row.Version && file.Sha256 == digest));
    }

    public static IQueryable<ModelVersion> Signature(RegistryDb db, IQueryable<ModelVersion> versions, FindVersions.SignatureCondition signature)
    {
        var (opset, producer) = (signature.Opset, signature.Producer);
        versions = versions.Where(row => db.Set<VersionSignature>().Any(own => own.ModelKey == row.ModelKey && own.Version == row.Version
            && (opset == null || own.Opset == opset) && (producer == null || own.Producer == producer)));
        foreach (var input in signature.Inputs ?? [])
            versions = Tensor(db, versions, SignatureTensor.Input, input);
        foreach (var output in signature.Outputs ?? [])
            versions = Tensor(db, versions, SignatureTensor.Output, output);
        return versions;
    }

    private static IQueryable<ModelVersion> Tensor(
        RegistryDb db, IQueryable<ModelVersion> versions, string direction, FindVersions.TensorCondition? tensor)
    {
        if (tensor is null)
            throw PlaneError.Invalid("missing_field", $"An entry of 'signature.{direction}s' must not be null.").ToException();
        var (name, type, shape) = (tensor.Name, tensor.Type, tensor.Shape);
        return versions.Where(row => db.Set<SignatureTensor>().Any(own => own.ModelKey == row.ModelKey && own.Version == row.Version
            && own.Direction == direction && (name == null || own.Name == name) && (type == null || own.ElementType == type)
            && (shape == null || own.Shape == shape)));
    }

    private static Expression<Func<KnownMetric, bool>> Compare(string comparison, double value) => comparison switch
    {
        "=" => row => row.Value == value,
        "!=" => row => row.Value != value,
        "<" => row => row.Value < value,
        "<=" => row => row.Value <= value,
        ">" => row => row.Value > value,
        ">=" => row => row.Value >= value,
        _ => throw PlaneError.Invalid("invalid_comparator", "'metrics[].op' must be one of = != < <= > >=.").ToException(),
    };

    private static string Required(string? text, string field) => string.IsNullOrEmpty(text)
        ? throw PlaneError.Invalid("missing_field", $"'{field}' must be given.").ToException()
        : text;
}
