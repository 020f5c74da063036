using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands;

/// <summary>One run of one command: what was asked for, and what it needs to do it.</summary>
internal sealed class Call : IDisposable
{
    private readonly ParseResult parsed;
    private readonly Lazy<Target> target;
    private readonly Lazy<PlaneClient> client;

    public Call(ParseResult parsed, Screen screen, CancellationToken ct)
    {
        (this.parsed, Screen, Ct) = (parsed, screen, ct);
        File = ProfileFile.OfUser();
        target = new Lazy<Target>(() => TargetResolver.Resolve(new(
            Get(CommonOptions.Url), Get(CommonOptions.Profile), Get(CommonOptions.Workspace), Get(CommonOptions.Insecure)), File));
        client = new Lazy<PlaneClient>(() => new PlaneClient(Target, Timeout, Clock));
    }

    public Screen Screen { get; }

    /// <summary>Ctrl-C.</summary>
    public CancellationToken Ct { get; }

    public TimeProvider Clock { get; } = TimeProvider.System;

    public ProfileFile File { get; }

    public Target Target => target.Value;

    public PlaneClient Client => client.Value;

    public TimeSpan Timeout => TimeSpan.FromSeconds(Get(CommonOptions.TimeoutSeconds));

    /// <summary>The exit status when nothing failed.</summary>
    public int ExitCode { get; set; }

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>Whether the option was written, whatever its value.</summary>
    public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Tells that something was done: the text for people, the document for programs.</summary>
    public void Done(string text, JsonObject document)
    {
        if (Screen.Json)
            Screen.Document(document);
        else
            Screen.Line(text);
    }

    /// <inheritdoc cref="Done(string, JsonObject)"/>
    public void Done(string text, JsonElement document)
    {
        if (Screen.Json)
            Screen.Document(document);
        else
            Screen.Line(text);
    }

    public void Dispose()
    {
        if (client.IsValueCreated)
            client.Value.Dispose();
    }
}
