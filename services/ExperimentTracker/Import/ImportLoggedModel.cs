using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>
/// <c>POST /api/v1/tracking/import/logged-models</c>: makes a logged model with its times and, when that is free, its id; or
/// brings the one up to date that came from the same origin before. Its metrics come by MLflow's log-batch.
/// </summary>
internal static class ImportLoggedModel
{
    private const int MaxPairs = 5000;

    /// <param name="Source">Names the other server, the same in every attempt.</param>
    /// <param name="ModelId">Its id there; it is kept when it is <c>m-</c> and 32 hex digits that no logged model of the workspace has.</param>
    /// <param name="ExperimentId">The experiment here.</param>
    /// <param name="SourceRunId">The run here that made it.</param>
    /// <param name="Status">LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED.</param>
    /// <param name="CreationTime">Milliseconds since 1970 UTC; so is <paramref name="LastUpdateTime"/>.</param>
    public sealed record Request(
        string Source, string ModelId, string ExperimentId, string Name, string? ModelType, string? SourceRunId, string Status, string? StatusMessage,
        long CreationTime, long LastUpdateTime, IReadOnlyDictionary<string, string>? Params, IReadOnlyDictionary<string, string>? Tags);

    /// <param name="ModelId">Its id here.</param>
    /// <param name="Outcome"><c>created</c> or <c>resumed</c>.</param>
    public sealed record Response(string ModelId, string ArtifactUri, string Outcome);

    public static async Task<Ok<Response>> Handle(
        Request request, HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var origin = ImportOrigin.Of(request.Source, request.ModelId, "modelId");
        ImportRules.Time(request.CreationTime, "creationTime");
        ImportRules.Time(request.LastUpdateTime, "lastUpdateTime");
        LoggedModelRules.CheckName(request.Name ?? "");
        if (!LoggedModelRules.Status.Names.Skip(1).Contains(request.Status))
            throw PlaneError.Invalid("invalid_status", $"'status' must be one of {string.Join(", ", LoggedModelRules.Status.Names.Skip(1))}.").ToException();
        var tags = ImportRules.Tags(request.Tags, Pair);
        tags[ImportOrigin.Tag] = origin.Text;
        if (request.Params?.Count > MaxPairs)
            throw PlaneError.Invalid("too_many_params", $"'params' may hold at most {MaxPairs} params.").ToException();
        var parameters = (request.Params ?? new Dictionary<string, string>()).Select(param => Pair(param.Key, param.Value ?? "")).ToList();
        var workspace = await workspaces.ResolveAsync(http);
        return TypedResults.Ok(await db.WriteAsync(async token =>
        {
            await db.LockNewIdAsync(origin.Id, token);
            var (model, outcome) = await FindAsync(db, workspace, origin, token) is { } known
                ? (known, "resumed")
                : (await AddAsync(db, workspace, origin, request, token), "created");
            (model.Status, model.StatusMessage, model.LastUpdateTime) = (request.Status, request.StatusMessage, request.LastUpdateTime);
            await db.SaveChangesAsync(token);
            foreach (var (key, value) in tags)
                await db.Database.ExecuteSqlAsync($"""
                    INSERT INTO logged_model_tags (model_key, key, value) VALUES ({model.ModelKey}, {key}, {value})
                    ON CONFLICT (model_key, key) DO UPDATE SET value = excluded.value
                    """, token);
            foreach (var (key, value) in parameters)
                await db.Database.ExecuteSqlAsync($"""
                    INSERT INTO logged_model_params (model_key, key, value) VALUES ({model.ModelKey}, {key}, {value}) ON CONFLICT DO NOTHING
                    """, token);
            return new Response(model.ModelId, model.ArtifactUri, outcome);
        }, ct));
    }

    private static KeyValuePair<string, string> Pair(string key, string value)
    {
        KeyRules.CheckLength(key, LoggedModelRules.MaxKeyLength, "key");
        return new(key, value);
    }

    private static async Task<LoggedModel?> FindAsync(TrackerDb db, int workspace, ImportOrigin origin, CancellationToken ct)
    {
        string[] ids = [origin.Id, Replacement(origin, workspace)];
        return await db.Set<LoggedModel>().Where(model => model.WorkspaceId == workspace && ids.Contains(model.ModelId))
            .Where(model => db.Set<LoggedModelTag>().Any(tag => tag.ModelKey == model.ModelKey && tag.Key == ImportOrigin.Tag && tag.Value == origin.Text))
            .FirstOrDefaultAsync(ct);
    }

    private static async Task<LoggedModel> AddAsync(TrackerDb db, int workspace, ImportOrigin origin, Request request, CancellationToken ct)
    {
        var experiment = await db.FindAsync(workspace, request.ExperimentId, gate: null, ct);
        var isOurs = origin.Id.StartsWith("m-", StringComparison.Ordinal) && (origin with { Id = origin.Id[2..] }).HasRunId;
        var id = isOurs && !await db.Set<LoggedModel>().AnyAsync(model => model.WorkspaceId == workspace && model.ModelId == origin.Id, ct)
            ? origin.Id
            : Replacement(origin, workspace);
        var model = new LoggedModel
        {
            WorkspaceId = workspace,
            ModelId = id,
            ExperimentKey = experiment.ExperimentKey,
            Name = request.Name,
            ArtifactUri = ArtifactLocation.Append(experiment.ArtifactLocation, "models", id, "artifacts"),
            CreationTime = request.CreationTime,
            LastUpdateTime = request.LastUpdateTime,
            Status = request.Status,
            ModelType = request.ModelType ?? "",
            SourceRunId = request.SourceRunId ?? "",
        };
        db.Add(model);
        return model;
    }

    private static string Replacement(ImportOrigin origin, int workspace) => $"m-{origin.Replacement(workspace)}";
}
