using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;
using MlopsPlane.ExperimentTracker.Runs.Facts;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>Changes a run's status, end time and name.</summary>
internal static class UpdateRun
{
    internal static readonly MessageSchema Schema = new(
        RunLookup.IdField,
        RunLookup.LegacyIdField,
        Field.Int64("end_time", Check.IntLike),
        Field.Enum("status", ProtoEnum.RunStatus, Check.String),
        Field.String("run_name", Check.String));

    public static async Task Handle(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces,
        [FromKeyedServices(TrackerModule.ServiceName)] OutboxSignal signal, CompactionQueue compaction, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var runId = request.RunId();
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        var status = request.Enum("status", ProtoEnum.RunStatus);
        var (info, ended) = await db.WriteAsync(async token =>
        {
            var run = await db.FindActiveRunAsync(workspace, runId, token);
            var finished = status is not null && status != run.Status && RunStatus.IsTerminal(status);
            run.Status = status ?? run.Status;
            run.EndTime = request.Int64("end_time") ?? run.EndTime;
            if (request.String("run_name") is { Length: > 0 } name)
                await RenameAsync(db, run, name, token);
            var experimentId = await db.Set<Experiment>().Where(row => row.ExperimentKey == run.ExperimentKey)
                .Select(row => row.ExperimentId).SingleAsync(token);
            var updated = run.ToInfo(experimentId);
            if (finished)
                await db.PublishAsync(await RunSummary.FinishedAsync(db, workspace, http.Workspace(), updated, token), clock, token);
            return (updated, finished);
        }, ct);
        signal.Wake();
        if (ended)
            compaction.Add(new(info.RunKey, Key: null));
        await MlflowResponse.WriteAsync(http, info, static (writer, info) =>
        {
            writer.WritePropertyName("run_info"u8);
            RunJson.WriteInfo(writer, info);
        });
    }

    /// <summary>The run's row is written before its tag, as in every other write of both, so that writers never wait in a circle.</summary>
    private static async Task RenameAsync(TrackerDb db, Run run, string name, CancellationToken ct)
    {
        run.Name = name;
        await db.SaveChangesAsync(ct);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO tags (run_key, experiment_key, key, value) VALUES ({run.RunKey}, {run.ExperimentKey}, {CreateRun.NameTag}, {name})
            ON CONFLICT (run_key, key) DO UPDATE SET value = excluded.value
            """, ct);
    }
}
