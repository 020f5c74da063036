using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels.Reading;
using MlopsPlane.ExperimentTracker.Search;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.LoggedModels.Search;

internal static class SearchLoggedModels
{
    private const int DefaultLimit = 50;
    private const int LimitForZero = 100;
    private const int MaxDatasets = 100;

    private static readonly MessageSchema Dataset = new(Field.String("dataset_name"), Field.String("dataset_digest"));

    private static readonly MessageSchema OrderBy = new(
        Field.String("field_name"), Field.Bool("ascending"), Field.String("dataset_name"), Field.String("dataset_digest"));

    internal static readonly MessageSchema Schema = new(
        Field.Ids("experiment_ids", Check.Required, Check.Array, Check.StringItems),
        Field.String("filter", Check.String),
        Field.Messages("datasets", Dataset, Check.Array, Check.Of(value => value is not { ValueKind: JsonValueKind.Array } items || items.GetArrayLength() <= MaxDatasets)),
        Field.Int64("max_results", Check.IntLike),
        Field.Messages("order_by", OrderBy, Check.Array, Check.Of(value => value is not { ValueKind: JsonValueKind.Array } items || items.GetArrayLength() <= SearchGrammar.MaxOrders)),
        Field.String("page_token", Check.String));

    public static async Task Handle(
        HttpContext http, LoggedModelSearch search, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var datasets = request.Messages("datasets", Dataset).Select(dataset => Choice(dataset)).ToList();
        if (datasets.Exists(dataset => dataset.Name is null))
            throw MlflowErrors.Invalid("`dataset_name` in the `datasets` clause must be specified.");
        var ids = request.Strings("experiment_ids");
        var experimentIds = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]);
        var filter = request.String("filter") is { Length: > 0 } given ? given : null;
        var orderBy = request.Messages("order_by", OrderBy) is { Count: > 0 } items ? new JsonArray([.. items.Select(Describe)]) : null;
        var position = LoggedModelPageToken.Decode(request.String("page_token"), experimentIds, filter, orderBy);
        var limit = request.Int64("max_results") ?? DefaultLimit;
        var page = await search.FindAsync(
            new LoggedModelQuery(
                await workspaces.ResolveAsync(http),
                [.. ids.Select(ExperimentLookup.ParseId).Distinct()],
                SearchGrammar.LoggedModels.ParseFilter(filter),
                datasets,
                [.. request.Messages("order_by", OrderBy).Select(Order)],
                SearchLimit.Check(limit == 0 ? LimitForZero : limit),
                position,
                http.NameGate()),
            ct);
        var models = await db.ReadLoggedModelsAsync(page.Keys, ct);
        var next = page.NextPageToken is { } token ? LoggedModelPageToken.Encode(experimentIds, filter, orderBy, token) : null;
        await MlflowResponse.WriteAsync(http, (models, next), static (writer, found) =>
        {
            if (found.models.Count > 0)
            {
                writer.WriteStartArray("models"u8);
                foreach (var model in found.models)
                    LoggedModelJson.Write(writer, model);
                writer.WriteEndArray();
            }

            writer.WriteOptional("next_page_token", found.next);
        });
    }

    private static LoggedModelOrder Order(MlflowMessage item) =>
        new(SearchGrammar.LoggedModels.Order(item.String("field_name") ?? "", item.Bool("ascending") ?? true), Choice(item));

    private static DatasetChoice Choice(MlflowMessage message) => new(NonEmpty(message, "dataset_name"), NonEmpty(message, "dataset_digest"));

    private static JsonNode Describe(MlflowMessage item) => new JsonObject
    {
        ["field_name"] = item.String("field_name") ?? "",
        ["ascending"] = item.Bool("ascending") ?? true,
        ["dataset_name"] = NonEmpty(item, "dataset_name"),
        ["dataset_digest"] = NonEmpty(item, "dataset_digest"),
    };

    private static string? NonEmpty(MlflowMessage message, string name) => message.String(name) is { Length: > 0 } text ? text : null;
}
