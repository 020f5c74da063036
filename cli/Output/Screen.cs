using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlopsPlane.Cli.Output;

/// <summary>
/// What a command tells: results on standard output, as tables or as one JSON document, and everything else on standard
/// error. Without a terminal, or with <c>NO_COLOR</c>, there are no colours.
/// </summary>
internal sealed class Screen
{
    /// <summary>Where nobody looks at it, lines are as long as they are.</summary>
    private const int Unbounded = 100_000;

    /// <summary>EPIPE.</summary>
    private const int BrokenPipe = 32;

    private readonly TextWriter output;
    private readonly TextWriter errors;
    private readonly Lazy<IAnsiConsole> console;
    private readonly JsonWriterOptions oneLine;

    public Screen(TextWriter output, TextWriter errors, bool json, bool terminal)
    {
        (this.output, this.errors, Json, IsTerminal) = (output, errors, json, terminal);
        // Text that turns the direction of writing is harmless to a program only.
        oneLine = new JsonWriterOptions { Encoder = terminal ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        console = new Lazy<IAnsiConsole>(() => NewConsole(output, terminal));
    }

    /// <summary>Results are wanted as JSON.</summary>
    public bool Json { get; }

    /// <summary>Somebody looks at standard output.</summary>
    public bool IsTerminal { get; }

    /// <summary>Where tables and charts go.</summary>
    public IAnsiConsole Console => console.Value;

    public static Screen OfProcess(bool json) => new(StandardOutput.Open(), System.Console.Error, json, !System.Console.IsOutputRedirected);

    /// <summary>Something beside the result, for people.</summary>
    public void Message(string text) => errors.WriteLine(SafeText.Of(text));

    /// <summary>A line of the result, as text.</summary>
    public void Line(string text) => Verbatim(SafeText.Of(text) + "\n");

    /// <summary>Text that this program wrote itself, as it is.</summary>
    public void Verbatim(string text) => Write(() => output.Write(text));

    /// <summary>The result as JSON, on many lines.</summary>
    public void Document(JsonNode document) => Verbatim(Written(writer => document.WriteTo(writer), oneLine with { Indented = true }) + "\n");

    /// <inheritdoc cref="Document(JsonNode)"/>
    public void Document(JsonElement document) => Verbatim(Written(document.WriteTo, oneLine with { Indented = true }) + "\n");

    /// <summary>One of many results, as JSON on a line of its own.</summary>
    public void JsonLine(JsonElement document) => Verbatim(Written(document.WriteTo, oneLine) + "\n");

    /// <summary>Entries as a table.</summary>
    public void Table(IEnumerable<JsonElement> entries, IReadOnlyList<Column> columns)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Heading, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) };
            table.AddColumn(column.ToTheRight ? header.RightAligned() : header);
        }

        foreach (var entry in entries)
            table.AddRow(columns.Select(column => (IRenderable)new Text(SafeText.Of(column.Value(entry)))));
        Render(table);
    }

    /// <summary>One entry, a line for each of its fields; JSON as it came.</summary>
    public void Entry(JsonElement entry, IReadOnlyList<Column> fields)
    {
        if (Json)
        {
            Document(entry);
            return;
        }

        var grid = new Table { Border = TableBorder.None, ShowHeaders = false };
        grid.AddColumn(new TableColumn("") { Padding = new Padding(0, 0, 2, 0), NoWrap = true }).AddColumn(new TableColumn("") { Padding = new Padding(0) });
        foreach (var field in fields)
        {
            if (field.Value(entry) is { Length: > 0 } value)
                grid.AddRow(new Text(field.Heading, new Style(decoration: Decoration.Bold)), new Text(SafeText.Of(value)));
        }

        Render(grid);
    }

    public void Render(IRenderable what)
    {
        if (IsTerminal)
        {
            Write(() => Console.Write(what));
            return;
        }

        using var text = new StringWriter();
        NewConsole(text, terminal: false).Write(what);
        // The spaces that fill a table's last column are of no use to a program.
        Verbatim(string.Concat(text.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd() + "\n")));
    }

    /// <exception cref="OutputClosedException">Nobody reads the output any more.</exception>
    /// <exception cref="CliException">It cannot be written.</exception>
    private void Write(Action write)
    {
        try
        {
            write();
            output.Flush();
        }
        catch (IOException failure)
        {
            throw failure.HResult == BrokenPipe
                ? new OutputClosedException(failure)
                : new CliException(ExitCodes.Failed, "output_unwritable", $"The result cannot be written: {failure.Message}");
        }
    }

    private static IAnsiConsole NewConsole(TextWriter output, bool terminal)
    {
        var plain = !terminal || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is "dumb";
        var made = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        made.Profile.Capabilities.Unicode = true;
        if (!terminal)
            made.Profile.Width = Unbounded;
        return made;
    }

    private static string Written(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options))
            write(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}

/// <summary>Who read the output has seen enough.</summary>
internal sealed class OutputClosedException(Exception cause) : Exception(cause.Message, cause);
