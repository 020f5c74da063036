using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MlopsPlane.Web.OpenApi;

/// <summary>
/// What an operation does, in words: the summary of the class that handles it, from the documentation file beside its
/// assembly. The framework's own reader knows comments of methods only, and here an operation is a class.
/// </summary>
internal static partial class OperationSummaries
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> Known = new();

    /// <summary>The class's summary as plain text; where it has none, or has several operations, the operation's name as words.</summary>
    /// <param name="operation">Name of the operation without its module.</param>
    public static string Of(Type handler, string operation)
    {
        var summaries = Known.GetOrAdd(handler.Assembly, static assembly => Read(Path.ChangeExtension(assembly.Location, ".xml")));
        var text = handler.Name == operation && summaries.TryGetValue($"T:{handler.FullName}", out var summary) && summary.Length > 0
            ? summary
            : Words().Replace(operation, match => " " + match.Value.ToLowerInvariant()) + ".";
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    private static Dictionary<string, string> Read(string file)
    {
        if (!File.Exists(file))
            return [];
        var members = XDocument.Load(file).Descendants("member").Where(member => (string?)member.Attribute("name") is ['T', ..]);
        return members.Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => TextOf(member.Element("summary")!), StringComparer.Ordinal);
    }

    private static string TextOf(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.DescendantNodes())
        {
            if (node is XText plain)
                text.Append(plain.Value);
            else if (node is XElement { IsEmpty: true } reference)
                text.Append(reference.Attribute("cref")?.Value.Split('.', ':')[^1] ?? reference.Attribute("name")?.Value);
        }

        // The address stands in the document already.
        return Address().Replace(Blank().Replace(text.ToString(), " ").Trim(), "");
    }

    [GeneratedRegex("(?<=.)[A-Z]", RegexOptions.None, 1000)]
    private static partial Regex Words();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blank();

    [GeneratedRegex(@"^(GET|POST|PUT|PATCH|DELETE) \S+:?\s*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
