using System.Security.Cryptography;
using System.Text;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Messaging.Samples;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// What the broker must know before an event is sent: an exchange for each event and kind and one for samples, and for each
/// consumer a queue bound to the kinds that it follows, with a queue for its dead letters. Declared by the migrate verb.
/// </summary>
public sealed class EventTopology
{
    /// <summary>Deliveries of one message after which the broker moves it to the dead letters.</summary>
    internal const int DeliveryLimit = 20;

    private EventTopology(IReadOnlyList<string> exchanges, IReadOnlyList<(string Source, string Target)> bindings, IReadOnlyList<TopologyQueue> queues)
    {
        (Exchanges, Bindings, Queues) = (exchanges, bindings, queues);
        Marker = "mlopsplane:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines))))[..16];
    }

    /// <summary>Durable fanout exchanges.</summary>
    public IReadOnlyList<string> Exchanges { get; }

    /// <summary>Bindings from exchange to exchange.</summary>
    public IReadOnlyList<(string Source, string Target)> Bindings { get; }

    /// <summary>Quorum queues; each is bound to the exchange of its own name.</summary>
    public IReadOnlyList<TopologyQueue> Queues { get; }

    /// <summary>An exchange that is declared last; its name holds a digest of the rest, so that it says what is there.</summary>
    public string Marker { get; }

    /// <summary>The manifest as text, one declaration a line.</summary>
    public IEnumerable<string> Lines =>
    [
        .. Exchanges.Select(name => $"exchange {name} fanout"),
        .. Bindings.Select(binding => $"bind {binding.Source} -> {binding.Target}"),
        .. Queues.Select(queue => $"queue {queue.Name} {string.Join(' ', queue.Arguments.Select(argument => $"{argument.Key}={argument.Value}"))}"),
    ];

    /// <summary>The topology of all events and of the consumers of this process.</summary>
    public static EventTopology Of(IEnumerable<IConsumer> consumers)
    {
        var exchanges = new SortedSet<string>(StringComparer.Ordinal) { BrokerSamples.Exchange };
        var bindings = new SortedSet<(string, string)>();
        foreach (var (name, type) in EventCatalog.Types)
        {
            var (own, kind) = (BusNames.Exchange(name), KindExchange(EventCatalog.KindOf(type)));
            exchanges.UnionWith([own, kind]);
            bindings.Add((own, kind));
        }

        var queues = new List<TopologyQueue>();
        foreach (var consumer in consumers.OrderBy(consumer => consumer.Name, StringComparer.Ordinal))
        {
            var dead = BusNames.DeadLetters(consumer.Name);
            exchanges.UnionWith([consumer.Name, dead]);
            bindings.UnionWith(consumer.Kinds.Select(kind => (KindExchange(kind), consumer.Name)));
            queues.Add(new TopologyQueue(consumer.Name, QueueArguments(consumer.Name)));
            queues.Add(new TopologyQueue(dead, [new("x-queue-type", "quorum")]));
        }

        return new EventTopology([.. exchanges], [.. bindings], queues);
    }

    /// <summary>
    /// Arguments of a consumer's queue. At-least-once dead lettering needs <c>reject-publish</c>; without it a message
    /// that reaches its delivery limit while the dead-letter queue is unavailable would be lost.
    /// </summary>
    internal static IReadOnlyList<KeyValuePair<string, object>> QueueArguments(string queue) =>
    [
        new("x-queue-type", "quorum"),
        new("x-delivery-limit", DeliveryLimit),
        new("x-dead-letter-exchange", BusNames.DeadLetters(queue)),
        new("x-dead-letter-strategy", "at-least-once"),
        new("x-overflow", "reject-publish"),
    ];

    private static string KindExchange(string kind) => BusNames.Exchange(EventCatalog.Kinds[kind].FullName!);
}

/// <param name="Arguments">In the order in which the manifest shows them.</param>
public sealed record TopologyQueue(string Name, IReadOnlyList<KeyValuePair<string, object>> Arguments);
