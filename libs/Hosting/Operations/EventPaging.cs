using System.Text.Json.Serialization;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Primitives;

namespace MlopsPlane.Hosting.Operations;

/// <summary>Whose events a request means, and where a page of them begins.</summary>
internal static partial class EventPaging
{
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

    [JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Place))]
    internal sealed partial class PlaceJson : JsonSerializerContext;
}
