namespace MlopsPlane.Hosting.Startup;

/// <summary>The arguments of a host: an optional verb with its operand, and options.</summary>
/// <param name="Verb">serve, migrate, admin-key, backup or restore.</param>
/// <param name="Operand">File of backup and restore.</param>
/// <param name="Settings">Options as configuration keys.</param>
public sealed record CommandLine(string Verb, string? Operand, IReadOnlyDictionary<string, string?> Settings)
{
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["--urls"] = "urls",
        ["--grpc-urls"] = GrpcListening.Key,
        ["--data"] = "Storage:DataFolder",
        ["--config"] = "config",
    };

    /// <summary>
    /// Reads <c>[serve|migrate|admin-key|backup FILE|restore FILE] [--urls U] [--grpc-urls U] [--data DIR] [--config FILE] [--force] [--Section:Key value]</c>.
    /// </summary>
    /// <exception cref="StartRefusedException">An argument is unknown or lacks its value.</exception>
    public static CommandLine Parse(params string[] args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var words = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(args[i]);
                continue;
            }

            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (name == "--force")
            {
                settings["force"] = "true";
                continue;
            }

            if (!Options.TryGetValue(name, out var key))
                key = name.Contains(':', StringComparison.Ordinal) ? name[2..] : throw new StartRefusedException($"Unknown option {name}. {Usage}");
            settings[key] = value ?? (++i < args.Length ? args[i] : throw new StartRefusedException($"Option {name} needs a value. {Usage}"));
        }

        return words switch
        {
            [] => new("serve", null, settings),
            ["serve" or "migrate" or "admin-key"] => new(words[0], null, settings),
            ["backup" or "restore", var file] => new(words[0], file, settings),
            _ => throw new StartRefusedException($"Unknown command '{string.Join(' ', words)}'. {Usage}"),
        };
    }

    private const string Usage =
        "Usage: [serve | migrate | admin-key | backup FILE | restore FILE [--force]] [--urls URL] [--grpc-urls URL] [--data DIR] [--config FILE] [--Section:Key VALUE].";
}

/// <summary>The process cannot do what it was asked; the message is for the person who asked.</summary>
public sealed class StartRefusedException(string message) : Exception(message);
