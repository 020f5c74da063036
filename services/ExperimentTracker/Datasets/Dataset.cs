namespace MlopsPlane.ExperimentTracker.Datasets;

/// <summary>A dataset as one experiment knows it; unique by name and digest within the experiment.</summary>
public sealed class Dataset
{
    public long DatasetKey { get; private set; }

    public long ExperimentKey { get; init; }

    public required string Name { get; init; }

    public required string Digest { get; init; }

    public required string SourceType { get; init; }

    public required string Source { get; init; }

    public string? Schema { get; init; }

    public string? Profile { get; init; }
}

/// <summary>A run read a dataset.</summary>
public sealed class DatasetInput
{
    public long InputKey { get; private set; }

    public long RunKey { get; init; }

    public long DatasetKey { get; init; }
}

/// <summary>A tag of one use of a dataset, e.g. <c>mlflow.data.context</c>.</summary>
public sealed class InputTag
{
    public long InputKey { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }
}

/// <summary>A run read a logged model.</summary>
public sealed class ModelInput
{
    public long RunKey { get; init; }

    public required string ModelId { get; init; }
}

/// <summary>A run produced a logged model at a step.</summary>
public sealed class ModelOutput
{
    public long RunKey { get; init; }

    public required string ModelId { get; init; }

    public long Step { get; init; }
}
