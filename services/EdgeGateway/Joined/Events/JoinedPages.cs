using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using MlopsPlane.Primitives;

namespace MlopsPlane.EdgeGateway.Joined.Events;

/// <summary>Pages over the lists of several services: the first service's to its end, then the next one's.</summary>
internal static partial class JoinedPages
{
    /// <summary>Events that could not be handed on.</summary>
    public static Task<IResult> FailedEventsAsync(HttpContext http, ServiceClient services, string? service, int? limit, string? pageToken) =>
        PageAsync(http, services, "events", service, new(), limit, pageToken);

    /// <summary>Deliveries that consumers hold back.</summary>
    public static Task<IResult> HeldDeliveriesAsync(HttpContext http, ServiceClient services, string? consumer, int? limit, string? pageToken) =>
        PageAsync(http, services, "deliveries", Asked.ServiceOf(consumer), new() { ["consumer"] = consumer }, limit, pageToken);

    private static async Task<IResult> PageAsync(
        HttpContext http, ServiceClient services, string list, string? service, Dictionary<string, string?> filter, int? limit, string? pageToken)
    {
        var (room, place) = (Paging.Limit(limit), Paging.After(pageToken, new("", null), PlaceJson.Default.Place));
        var joined = new JsonArray();
        Place? next = null;
        foreach (var name in Asked.Among(services, service).Where(name => string.CompareOrdinal(name, place.Service) >= 0))
        {
            if (room == 0)
            {
                // Whether there is anything is not known; an empty last page is allowed.
                next = new(name, null);
                break;
            }

            filter["limit"] = room.ToString(CultureInfo.InvariantCulture);
            filter["pageToken"] = name == place.Service ? place.Token : null;
            var answer = await services.SendAsync(HttpMethod.Get, name, QueryHelpers.AddQueryString(http.Request.Path, filter), http);
            if (!answer.Succeeded)
                return answer.Passed;
            foreach (var item in answer.Body![list]!.AsArray())
                joined.Add(item?.DeepClone());
            room -= answer.Body[list]!.AsArray().Count;
            if ((string?)answer.Body["nextPageToken"] is { } token)
            {
                next = new(name, token);
                break;
            }
        }

        return Results.Json(new JsonObject
        {
            [list] = joined,
            ["nextPageToken"] = next is null ? null : OpaqueToken.Encode(next, PlaceJson.Default.Place),
        });
    }

    /// <param name="Token">That of the service's own list; null at its beginning.</param>
    internal sealed record Place(string Service, string? Token);

    [JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Place))]
    internal sealed partial class PlaceJson : JsonSerializerContext;
}
