using System.CommandLine;
using System.Text;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Config;

/// <summary>
/// Where <c>plane login</c> takes the key from. No option takes the key itself: every user of a machine can read the
/// options of every process.
/// </summary>
internal sealed class KeyInput
{
    private readonly Option<bool> stdin = new("--key-stdin") { Description = "Read the key from standard input." };
    private readonly Option<string?> file = new("--key-file") { Description = "Read the key from this file.", HelpName = "FILE" };

    public IEnumerable<Option> Options => [stdin, file];

    /// <summary>The key that was given or that the environment holds; null when there is none and somebody may be asked.</summary>
    /// <exception cref="CliException">It cannot be read, or is no key.</exception>
    public string? Read(Call call, Uri url)
    {
        if (call.Get(stdin) && call.Has(file))
            throw CliException.Usage("Either --key-stdin or --key-file can be given, not both.");
        if (call.Get(stdin))
            return Target.CheckKey(ReadBounded(Console.In), "Standard input");
        if (call.Get(file) is not { } path)
            return TargetResolver.OfEnvironment(url).Key;
        try
        {
            using var reader = new StreamReader(path);
            return Target.CheckKey(ReadBounded(reader), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--key-file: {failure.Message}");
        }
    }

    /// <summary>Asks for the key; what is typed is not shown.</summary>
    /// <exception cref="CliException">There is no terminal to ask at.</exception>
    public static async Task<string> PromptAsync(Call call)
    {
        if (Console.IsInputRedirected)
            throw CliException.Usage("The server asks for a key, and without a terminal nobody can be asked for it.", "Use --key-stdin, --key-file or PLANE_KEY.");
        // Looking for keys switches the terminal's echo off, which must be before anybody is asked to type or paste.
        _ = Console.KeyAvailable;
        await Console.Error.WriteAsync("Key (not shown): ");
        var typed = await Task.Run(ReadHidden, call.Ct).WaitAsync(call.Ct);
        await Console.Error.WriteLineAsync();
        return Target.CheckKey(typed, "What was typed");
    }

    private static string ReadHidden()
    {
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar != '\0' && typed.Length <= Target.MaxKey)
                typed.Append(key.KeyChar);
        }

        return typed.ToString();
    }

    private static string ReadBounded(TextReader from)
    {
        var read = new char[Target.MaxKey + 2];
        return new string(read, 0, from.ReadBlock(read));
    }
}
