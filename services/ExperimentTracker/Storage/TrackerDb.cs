using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Datasets;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Registrations;
using MlopsPlane.ExperimentTracker.Retention;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Storage;

/// <summary>The service's tables; one subclass a provider.</summary>
public abstract class TrackerDb(DbContextOptions options, PlaneDatabase provider) : PlaneDb(options, provider)
{
    /// <summary>Keeps others from changing the run until the transaction ends; SQLite has one writer anyway.</summary>
    internal virtual Task LockRunAsync(long runKey, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Keeps others from giving out the same id, in whatever workspace, until the transaction ends; SQLite has one writer anyway.</summary>
    internal virtual Task LockNewIdAsync(string id, CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Keeps writers of one metric of a run waiting until the transaction ends; SQLite has one writer anyway. False when
    /// there was nothing to lock: a metric that another transaction is adding may be visible to the next statement, but
    /// its writers do not wait.
    /// </summary>
    internal virtual Task<bool> LockHistoryAsync(long runKey, string key, CancellationToken ct) => Task.FromResult(true);

    protected override void BuildModel(ModelBuilder model)
    {
        model.AddMessaging();
        WorkspaceRow.Map(model);
        ExperimentMap.Apply(model);
        RunMap.Apply(model);
        MetricMap.Apply(model);
        DatasetMap.Apply(model);
        LoggedModelMap.Apply(model);
        Registration.Map(model);
        RetentionMap.Apply(model);
    }
}
