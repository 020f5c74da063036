using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.ExperimentTracker.Search;

/// <summary>MLflow's bounds on <c>max_results</c>, with its messages.</summary>
internal static class SearchLimit
{
    public const int Max = 50_000;

    public static int Check(long limit) => limit switch
    {
        < 1 => throw MlflowErrors.Invalid($"Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer"),
        > Max => throw MlflowErrors.Invalid($"Invalid value {limit} for parameter 'max_results' supplied. It must be at most {Max}"),
        _ => (int)limit,
    };
}
