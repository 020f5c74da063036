using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Primitives;

namespace MlopsPlane.Hosting.Operations;

/// <summary>Pages of the lists of events.</summary>
internal static partial class EventPaging
{
    private const int Default = 100;
    private const int Most = 1000;

    /// <exception cref="PlaneException">400: not 1 to 1000.</exception>
    public static int Limit(int? limit) => limit is null ? Default : limit is >= 1 and <= Most
        ? limit.Value
        : throw PlaneError.Invalid("invalid_limit", $"'limit' must be 1 to {Most}.").ToException();

    /// <summary>The place that a page token names; <paramref name="first"/> when none is given.</summary>
    /// <exception cref="PlaneException">400: no token of ours.</exception>
    public static T After<T>(string? pageToken, T first, JsonTypeInfo<T> type)
    {
        if (string.IsNullOrEmpty(pageToken))
            return first;
        return OpaqueToken.TryDecode(pageToken, type, out var after) && after is not null
            ? after
            : throw PlaneError.Invalid("invalid_page_token", "'pageToken' is not one that this server gave out.").ToException();
    }

    /// <summary>The one that is called <paramref name="name"/>.</summary>
    /// <exception cref="PlaneException">404: this process has none of that name.</exception>
    public static T Named<T>(IEnumerable<T> all, string field, string name, Func<T, string> nameOf) =>
        all.FirstOrDefault(one => nameOf(one) == name) ?? throw PlaneError.NotFound(
            $"{field}_not_found", $"'{field}' must be one of {string.Join(", ", all.Select(nameOf))} in this process.").ToException();

    /// <summary>The outbox of a service, or all of them.</summary>
    /// <exception cref="PlaneException">404: this process has none of that name.</exception>
    public static IEnumerable<IOutboxAdministration> Outboxes(IEnumerable<IOutboxAdministration> all, string? service) =>
        service is null ? all : [Named(all, "service", service, outbox => outbox.Service)];

    /// <param name="Name">Service or consumer.</param>
    internal sealed record Place(string Name, string Aggregate, long Number);

    [JsonSerializable(typeof(Place))]
    internal sealed partial class PlaceJson : JsonSerializerContext;
}
