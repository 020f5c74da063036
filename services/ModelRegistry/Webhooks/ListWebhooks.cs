using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>The workspace's webhooks, newest first.</summary>
internal static class ListWebhooks
{
    private const int DefaultResults = 100;
    private const int MaxResults = 1000;
    private const string Order = "webhooks";
    private static readonly Type[] Keys = [typeof(long), typeof(string)];

    internal static readonly MessageSchema Schema = new(
        Field.Int64("max_results", Check.IntLike),
        Field.String("page_token", Check.String));

    public static async Task Handle(HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var take = request.Int32("max_results") ?? DefaultResults;
        if (take is < 1 or > MaxResults)
            throw MlflowErrors.Invalid($"max_results must be between 1 and {MaxResults}.");
        var token = PageToken.Parse(request.String("page_token"), Order);
        var workspaceId = await workspaces.ResolveAsync(http);
        var reader = WebhookReader.Of(http);
        var webhooks = db.Webhooks.AsNoTracking().Where(row => row.WorkspaceId == workspaceId && row.Status != Webhook.Deleted);
        if (!reader.KnowsOwnEvents)
            webhooks = webhooks.Where(row => row.HasMlflowEvents);
        if (token?.Keys(Keys) is [long createdAt, string id])
            webhooks = webhooks.Where(row => row.CreatedAt < createdAt || (row.CreatedAt == createdAt && string.Compare(row.WebhookId, id) < 0));
        var page = await webhooks.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.WebhookId)
            .Skip((int)Math.Min(token?.Offset ?? 0, int.MaxValue)).Take(take + 1).ToListAsync(ct);
        var next = page.Count > take ? PageToken.After(Order, [page[take - 1].CreatedAt, page[take - 1].WebhookId]) : null;
        await MlflowResponse.WriteAsync(http, (page, take, next, reader), static (writer, answer) =>
        {
            if (answer.page.Count > 0)
            {
                writer.WriteStartArray("webhooks");
                foreach (var webhook in answer.page.Take(answer.take))
                    WebhookJson.Write(writer, webhook, answer.reader);
                writer.WriteEndArray();
            }

            writer.WriteOptional("next_page_token", answer.next);
        });
    }
}
