using System.Diagnostics.Metrics;

namespace MlopsPlane.ModelRegistry.Content;

/// <summary>Counters of the content inspector, meter <c>MlopsPlane.ModelRegistry</c>.</summary>
internal sealed class InspectionMetrics
{
    private readonly Counter<long> inspections;

    public InspectionMetrics(IMeterFactory meters) => inspections = meters.Create("MlopsPlane.ModelRegistry")
        .CreateCounter<long>("mlops_registry_inspections", description: "Readings of versions' files by outcome.");

    public void Count(string outcome) => inspections.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
