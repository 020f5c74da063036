using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>
/// A small YAML document as texts, lists and mappings. Tags mean nothing to it, what an anchor names is shared and not
/// copied, and depth and number of nodes are bounded, so that a hostile file can neither make objects nor grow.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 100_000;
    private readonly Dictionary<AnchorName, object?> anchors = [];
    private readonly Parser parser;
    private int nodes;

    private YamlTree(string text) => parser = new Parser(new StringReader(text));

    /// <summary>A <see cref="string"/>, a list, a mapping, or null.</summary>
    /// <exception cref="InvalidDataException">It is no YAML, or beyond the bounds.</exception>
    public static object? Parse(string text)
    {
        try
        {
            var tree = new YamlTree(text);
            tree.parser.Consume<StreamStart>();
            return tree.parser.TryConsume<DocumentStart>(out _) ? tree.Node(0) : null;
        }
        catch (YamlException broken)
        {
            throw new InvalidDataException($"line {broken.Start.Line}: {broken.Message}", broken);
        }
    }

    private object? Node(int depth)
    {
        if (depth > MaxDepth || ++nodes > MaxNodes)
            throw new InvalidDataException($"it is nested more than {MaxDepth} deep or has more than {MaxNodes} values");
        if (parser.TryConsume<AnchorAlias>(out var alias))
            return anchors.TryGetValue(alias.Value, out var named) ? named : throw new InvalidDataException($"line {alias.Start.Line}: nothing before it is called '{alias.Value}'");
        var start = parser.Current as NodeEvent ?? throw new InvalidDataException("a value is missing");
        object? value = parser.TryConsume<Scalar>(out var scalar) ? TextOf(scalar)
            : parser.TryConsume<SequenceStart>(out _) ? Items(depth)
            : parser.TryConsume<MappingStart>(out _) ? Pairs(depth)
            : throw new InvalidDataException("a value is missing");
        if (!start.Anchor.IsEmpty)
            anchors[start.Anchor] = value;
        return value;
    }

    private static string? TextOf(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "null" or "~" ? null : scalar.Value;

    private List<object?> Items(int depth)
    {
        var items = new List<object?>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(depth + 1));
        return items;
    }

    private Dictionary<string, object?> Pairs(int depth)
    {
        var pairs = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var line = parser.Current!.Start.Line;
            var name = Node(depth + 1) as string ?? throw new InvalidDataException($"line {line}: a name in a mapping is no text");
            pairs[name] = Node(depth + 1);
        }

        return pairs;
    }
}
