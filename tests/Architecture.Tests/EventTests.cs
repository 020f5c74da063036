using System.Text.Json.Nodes;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.AllInOne;
using MlopsPlane.Contracts;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Messaging;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Messaging.RabbitMq;
using IConsumer = MlopsPlane.Messaging.Inbox.IConsumer;

namespace MlopsPlane.Architecture.Tests;

/// <summary>How the events look to those who receive them: names, queues, envelopes.</summary>
public sealed class EventTests
{
    private static string Samples => Path.Combine(Repository.Root, "tests/Architecture.Tests/Contracts");

    public static TheoryData<string> Names => [.. EventCatalog.Types.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void The_reference_of_the_events_says_what_the_contracts_say() => GoldenFile.Matches("docs/events.md", EventReference.Page(Samples));

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_event_is_of_one_kind_which_its_aggregates_begin_with_and_says_what_it_means(string type)
    {
        var known = EventCatalog.Types[type];
        var sample = JsonNode.Parse(File.ReadAllText(Path.Combine(Samples, type + ".json")))!;
        Assert.StartsWith(EventCatalog.KindOf(known) + ":", EventCatalog.Deserialize(type, sample.ToJsonString())!.Aggregate, StringComparison.Ordinal);
        Assert.Contains($"## {known.Name}\n\n", EventReference.Page(Samples), StringComparison.Ordinal);
        Assert.DoesNotContain($"## {known.Name}\n\n\n", EventReference.Page(Samples), StringComparison.Ordinal);
        Assert.DoesNotContain("|  |", EventReference.Page(Samples), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_names_on_the_wire_are_MassTransit_s_own(string type)
    {
        var known = EventCatalog.Types[type];
        Assert.Equal(MessageUrn.ForTypeString(known), BusNames.Urn(type));
        Assert.Equal(new MassTransit.RabbitMqTransport.RabbitMqMessageNameFormatter().GetMessageName(known), BusNames.Exchange(type));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stored_sample_travels_through_MassTransit_s_serializer_whole(string type)
    {
        var stored = JsonNode.Parse(File.ReadAllText(Path.Combine(Samples, type + ".json")))!.AsObject();
        var fact = EventCatalog.Deserialize(type, stored.ToJsonString())!;
        var body = Envelope.Write(new OutboxMessage { MessageId = Guid.CreateVersion7(), Aggregate = fact.Aggregate, Sequence = 7, Type = type, Payload = stored.ToJsonString() }, trace: null);
        var context = new SystemTextJsonMessageSerializer().Deserialize(new BytesMessageBody(body.ToArray()), new DictionarySendHeaders(new Dictionary<string, object?>(StringComparer.Ordinal)));
        Assert.Contains(MessageUrn.ForTypeString(EventCatalog.Types[type]), context.SupportedMessageTypes);
        Assert.True(context.IsSupportedMessageType<IEvent>());
        Assert.True(context.TryGetMessage(EventCatalog.Types[type], out var read));
        var written = JsonNode.Parse(EventCatalog.Serialize((IEvent)read!))!.AsObject();
        foreach (var (name, value) in stored)
            Assert.True(JsonNode.DeepEquals(value, written[name]), $"{type}.{name} was {value} and is now {written[name]}.");
        Assert.Equal((fact.Aggregate, 7, type), Envelope.Read(body) is var delivery ? (delivery.Aggregate, delivery.Sequence, delivery.Type) : default);
    }

    [Fact]
    public async Task The_queues_and_bindings_of_the_product_are_the_stored_ones()
    {
        var folder = Directory.CreateTempSubdirectory("plane-topology-");
        await using (var app = PlaneHost.Build(CommandLine.Parse("--data", folder.FullName), new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules))
        {
            var consumers = app.Services.GetServices<IConsumer>().ToList();
            GoldenFile.Matches("tests/Architecture.Tests/Topology/manifest.txt", string.Join('\n', EventTopology.Of(consumers).Lines) + "\n");
            var modules = Product.Modules.Select(module => module.Name).ToHashSet(StringComparer.Ordinal);
            Assert.All(consumers, consumer => Assert.Contains(consumer.Name.Split('.')[0], modules));
            Assert.Distinct(consumers.Select(consumer => consumer.Name), StringComparer.Ordinal);
        }

        folder.Delete(recursive: true);
    }
}
