using System.Text.Json;

namespace MlopsPlane.Cli.Output;

/// <summary>One column of a table, or one line of an entry that is shown alone.</summary>
/// <param name="Value">Its text in an entry; null where the entry has none.</param>
/// <param name="ToTheRight">For numbers.</param>
internal sealed record Column(string Heading, Func<JsonElement, string?> Value, bool ToTheRight = false)
{
    /// <summary>A member as text.</summary>
    public static Column Of(string heading, string path) => new(heading, entry => entry.Text(path));

    /// <summary>A member as number.</summary>
    public static Column Count(string heading, string path) => new(heading, entry => entry.Text(path), ToTheRight: true);

    /// <summary>A member as instant.</summary>
    public static Column Time(string heading, string path) => new(heading, entry => entry.Time(path));
}
