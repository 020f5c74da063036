using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MassTransit;
using MlopsPlane.Contracts;
using MlopsPlane.Messaging;

namespace MlopsPlane.Architecture.Tests;

/// <summary>Writes docs/events.md from the contracts, their doc comments and their samples.</summary>
internal static partial class EventReference
{
    private static readonly XElement Comments = XDocument.Load(Path.ChangeExtension(typeof(IEvent).Assembly.Location, ".xml")).Root!.Element("members")!;
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Page(string samples)
    {
        var page = new StringBuilder("""
            # Events

            What the services tell each other, and anybody who binds a queue to the exchanges. Facts in the past tense,
            delivered at least once, in the order of their aggregate by the headers below. Fields are only ever added.

            Over RabbitMQ each event is a MassTransit envelope (`application/vnd.masstransit+json`). Its exchange is the URN
            without `urn:message:`; the exchange of its kind gets every event of the kind. The envelope's headers are
            `Plane-Aggregate`, `Plane-Sequence` (1, 2, 3, … within the aggregate), `Plane-Type`, `Plane-Occurred-At` and
            `Plane-Previous-At` (milliseconds since 1970 UTC, the latter of the aggregate's event before) and `traceparent`;
            `messageId` is the same in every repetition.


            """);
        page.Append("| kind | URN | when |\n| --- | --- | --- |\n");
        foreach (var (kind, type) in EventCatalog.Kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal))
            page.Append($"| `{kind}` | `{MessageUrn.ForTypeString(type)}` | {Summary(type)} |\n");
        foreach (var (name, type) in EventCatalog.Types.OrderBy(type => type.Key, StringComparer.Ordinal))
            Describe(page, type, File.ReadAllText(Path.Combine(samples, name + ".json")));
        return page.ToString();
    }

    private static void Describe(StringBuilder page, Type type, string sample)
    {
        page.Append($"\n## {type.Name}\n\n{Summary(type)}\n\nKind `{EventCatalog.KindOf(type)}`, `{MessageUrn.ForTypeString(type)}`.\n\n| field | type | meaning |\n| --- | --- | --- |\n");
        foreach (var property in type.GetProperties())
        {
            var wire = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var meaning = property.Name == nameof(IEvent.Aggregate) ? "What the event is about." : Parameter(type, property.Name);
            page.Append($"| `{wire}` | {TypeName(property)} | {meaning} |\n");
        }

        page.Append($"\n```json\n{sample.Trim()}\n```\n");
    }

    private static string TypeName(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var optional = Nullable.GetUnderlyingType(property.PropertyType) is not null || Nullability.Create(property).ReadState == NullabilityState.Nullable;
        return NameOf(type) + (optional ? " or null" : "");
    }

    private static string NameOf(Type type) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(int) || type == typeof(long) => "integer",
        _ when type == typeof(double) => "number",
        _ when type == typeof(bool) => "boolean",
        _ when type == typeof(DateTimeOffset) => "instant (ISO 8601)",
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => $"map of {NameOf(type.GetGenericArguments()[1])}",
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => $"list of {NameOf(type.GetGenericArguments()[0])}",
        _ => $"object of {string.Join(", ", type.GetProperties().Select(property => $"`{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}`"))}",
    };

    private static string Summary(Type type) => Text(Member(type)?.Element("summary"));

    private static string Parameter(Type type, string name) =>
        Text(Member(type)?.Elements("param").FirstOrDefault(param => (string?)param.Attribute("name") == name));

    private static XElement? Member(Type type) => Comments.Elements("member").FirstOrDefault(member => (string?)member.Attribute("name") == "T:" + type.FullName);

    private static string Text(XElement? comment) => comment is null ? "" : Spaces().Replace(string.Concat(comment.Nodes().Select(node => node switch
    {
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" or "paramref" } reference => ((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? "").Split('.', ':')[^1],
        XElement other => other.Value,
        _ => node.ToString(),
    })), " ").Trim();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
