namespace MlopsPlane.ExperimentTracker.LoggedModels.Reading;

/// <summary>A logged model with everything that MLflow shows of it.</summary>
/// <param name="ExperimentId">The id that clients see.</param>
internal sealed record FullLoggedModel(LoggedModel Model, long ExperimentId)
{
    /// <summary>In the order of the keys.</summary>
    public List<LoggedModelTag> Tags { get; } = [];

    /// <inheritdoc cref="Tags"/>
    public List<LoggedModelParam> Params { get; } = [];

    /// <summary>Every value that was logged, in the order of key, time and step.</summary>
    public List<LoggedModelMetric> Metrics { get; } = [];

    /// <summary>Registered versions that were made of it.</summary>
    public List<(string Model, int Version)> Registrations { get; } = [];
}
