using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Rules;

namespace MlopsPlane.ExperimentTracker.Datasets;

/// <summary>MLflow's <c>DatasetInput</c> message with its rules.</summary>
internal static class DatasetMessage
{
    private const int MaxName = 500;
    private const int MaxDigest = 36;
    private const int MaxSource = 65_535;
    private const int MaxSchema = 1_048_575;
    private const int MaxProfile = 16_777_215;
    private const int MaxTagKey = 255;
    private const int MaxTagValue = 500;

    private static readonly MessageSchema Tag = new(Field.String("key"), Field.String("value"));

    private static readonly MessageSchema Dataset = new(
        Field.String("name"), Field.String("digest"), Field.String("source_type"), Field.String("source"),
        Field.String("schema"), Field.String("profile"));

    public static MessageSchema Input { get; } = new(Field.Messages("tags", Tag), Field.Message("dataset", Dataset));

    public static DatasetUse Read(MlflowMessage input)
    {
        var dataset = input.Message("dataset", Dataset) ?? throw MlflowErrors.Invalid("Dataset cannot be None");
        var use = new DatasetUse(
            Required(dataset, "name"), Required(dataset, "digest"), Required(dataset, "source_type"), Required(dataset, "source"),
            dataset.String("schema"), dataset.String("profile"), []);
        KeyRules.CheckLength(use.Name, MaxName, "name");
        KeyRules.CheckLength(use.Digest, MaxDigest, "digest");
        KeyRules.CheckLength(use.Source, MaxSource, "source");
        KeyRules.CheckLength(use.Schema ?? "", MaxSchema, "schema");
        KeyRules.CheckLength(use.Profile ?? "", MaxProfile, "profile");
        foreach (var tag in input.Messages("tags", Tag))
        {
            var key = tag.String("key") ?? throw MlflowErrors.Invalid("InputTag key cannot be None");
            var value = tag.String("value") ?? throw MlflowErrors.Invalid("InputTag value cannot be None");
            KeyRules.CheckLength(key, MaxTagKey, "key");
            KeyRules.CheckLength(value, MaxTagValue, "value");
            use.Tags.RemoveAll(other => other.Key == key);
            use.Tags.Add(new(key, value));
        }

        return use;
    }

    private static string Required(MlflowMessage dataset, string field) =>
        dataset.String(field) ?? throw MlflowErrors.Invalid($"Dataset {field} cannot be None");
}
