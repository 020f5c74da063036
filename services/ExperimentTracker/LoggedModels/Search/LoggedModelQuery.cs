using MlopsPlane.Mlflow.Search;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.LoggedModels.Search;

/// <summary>What is searched for.</summary>
/// <param name="Datasets">Metrics count only where they were measured on one of these; all count when there is none.</param>
/// <param name="PageToken">Token of the position alone, without the search that it belongs to.</param>
/// <param name="Gate">Leaves out experiments that the caller may not read; null when they may read all.</param>
internal sealed record LoggedModelQuery(
    int WorkspaceId, IReadOnlyList<long> ExperimentIds, FilterNode? Filter, IReadOnlyList<DatasetChoice> Datasets,
    IReadOnlyList<LoggedModelOrder> Orders, int Limit, string? PageToken, NameGate? Gate);

/// <param name="Name">Null when only the digest matters.</param>
/// <param name="Digest">Null when only the name matters.</param>
internal sealed record DatasetChoice(string? Name, string? Digest);

/// <param name="Dataset">Where the field is a metric: the dataset that it was measured on.</param>
internal sealed record LoggedModelOrder(SearchOrder Order, DatasetChoice Dataset);
