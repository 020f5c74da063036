using MlopsPlane.Cli.Import.Source;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlopsPlane.Cli.Import.Folder;

/// <summary>
/// The small YAML files of MLflow's file store: one mapping of names to plain values, of which one may be such a mapping
/// itself. Read event by event, so that nested or referring content can neither grow nor overflow anything.
/// </summary>
internal sealed class FlatYaml
{
    /// <summary>A dataset's profile may be 16 MiB of escaped text.</summary>
    private const int MaxBytes = 64 << 20;
    private const int MaxPairs = 100_000;
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, string>> maps = new(StringComparer.Ordinal);

    /// <exception cref="SourceException">The file is missing, too long, or no such mapping.</exception>
    public static FlatYaml Read(string path)
    {
        var read = new FlatYaml();
        try
        {
            read.Fill(new Parser(new StringReader(SafeFolder.Text(path, MaxBytes))));
        }
        catch (YamlException broken)
        {
            throw new SourceException($"{path} is broken: {broken.Message}", broken);
        }

        return read;
    }

    /// <summary>Empty when it is not there or null.</summary>
    public string this[string name] => values.GetValueOrDefault(name, "");

    public long Number(string name) => long.TryParse(this[name], System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    public SortedDictionary<string, string> Map(string name) => maps.GetValueOrDefault(name) ?? new(StringComparer.Ordinal);

    private void Fill(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _))
            throw new YamlException("a mapping is expected");
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>().Value;
            if (parser.TryConsume<Scalar>(out var value))
                Keep(values, name, value);
            else if (parser.TryConsume<MappingStart>(out _))
                maps[name] = Inner(parser);
            else
                parser.SkipThisAndNestedEvents();
        }
    }

    private static SortedDictionary<string, string> Inner(Parser parser)
    {
        var inner = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var name))
                parser.SkipThisAndNestedEvents();
            if (name is not null && parser.TryConsume<Scalar>(out var value))
                Keep(inner, name.Value, value);
            else
                parser.SkipThisAndNestedEvents();
        }

        return inner;
    }

    private static void Keep(IDictionary<string, string> to, string name, Scalar value)
    {
        if (to.Count >= MaxPairs)
            throw new YamlException($"it holds more than {MaxPairs} values");
        if (value.Style != ScalarStyle.Plain || value.Value is not ("null" or "~" or ""))
            to[name] = value.Value;
    }
}
