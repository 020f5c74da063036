using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.Messaging;

namespace MlopsPlane.Architecture.Tests;

/// <summary>
/// Each event has a stored sample, <c>Contracts/{full name}.json</c>. A change that cannot read its sample any more,
/// or that loses a field of it, would break the messages that lie in somebody's outbox.
/// </summary>
public sealed class ContractTests
{
    private static string Folder => Path.Combine(Repository.Root, "tests/Architecture.Tests/Contracts");

    public static TheoryData<string> Names => [.. EventCatalog.Types.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stored_sample_of_each_event_is_still_read_whole(string type)
    {
        var file = Path.Combine(Folder, type + ".json");
        Assert.True(File.Exists(file), $"{type} has no stored sample at {file}.");
        var stored = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        var fact = EventCatalog.Deserialize(type, stored.ToJsonString());
        Assert.NotNull(fact);
        var written = JsonNode.Parse(EventCatalog.Serialize(fact))!.AsObject();
        foreach (var (name, value) in stored)
            Assert.True(JsonNode.DeepEquals(value, written[name]), $"{type}.{name} was {value} and is now {written[name]}.");
    }

    [Fact]
    public void No_sample_is_left_without_its_event() =>
        Assert.Empty(Directory.GetFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).Except(EventCatalog.Types.Keys, StringComparer.Ordinal));

    [Theory]
    [InlineData("request")]
    [InlineData("response")]
    public void A_stored_payload_sample_is_read_and_written_as_it_is(string name)
    {
        var stored = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "Samples", name + ".json")))!;
        var written = JsonSerializer.SerializeToNode(stored.Deserialize<InferenceSample>());
        Assert.True(JsonNode.DeepEquals(stored, written), $"It was {stored} and is now {written}.");
    }

    [Fact]
    public void A_field_of_a_newer_build_is_passed_over()
    {
        const string Newer = """{"workspace":"team-a","description":null,"createdAt":"2026-01-02T03:04:05+00:00","colour":"blue"}""";
        Assert.NotNull(EventCatalog.Deserialize("MlopsPlane.Contracts.Access.V1.WorkspaceCreated", Newer));
    }
}
