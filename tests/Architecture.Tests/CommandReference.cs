using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Text;
using MlopsPlane.Cli.Commands;

namespace MlopsPlane.Architecture.Tests;

/// <summary>The page of every command, made from the tree of commands itself.</summary>
internal static class CommandReference
{
    private const string Introduction = """
        # Command line

        Every command of `plane`, made from the program by a test. `plane COMMAND --help` shows the same in a terminal;
        `./plane` in a checkout builds and runs it; `dotnet pack cli` makes it a .NET tool, `MlopsPlane.Cli`.

        **Where to.** `--url`, else the profile that `--profile` names, else `PLANE_URL`, else `MLFLOW_TRACKING_URI`, else the
        current profile, else `http://127.0.0.1:5000`. An address may name its workspace: `https://plane.example.com/w/team-a`.

        **With which key.** That of the profile, which is shown to the profile's server and to no other; or `PLANE_KEY`, or
        `MLFLOW_TRACKING_TOKEN` for the server of `MLFLOW_TRACKING_URI`. `plane login` stores one: it asks for it, or reads it from
        standard input or a file. No option takes a key, which every user of the machine could read there. Over plain http a
        key goes to this machine only, unless `--insecure` is given. Profiles lie in `PLANE_CONFIG`, else in
        `plane/config.json` below `XDG_CONFIG_HOME` or `~/.config`, with mode 0600; a file that others can read is refused.

        **What comes out.** Results on standard output, as tables or with `--output json` as one document (`runs tail` and
        `audit --follow`: one a line); everything else on standard error. No colours without a terminal or with `NO_COLOR`.
        Lists show 50 entries, `--limit COUNT` or `--all`, and say when there are more. What is destructive asks first;
        `--yes` answers, and without a terminal it is needed.

        | exit status | means |
        |---|---|
        | 0 | done |
        | 1 | the server refused, or a check failed |
        | 2 | the command was written wrongly, or needs something that only its caller can give |
        | 3 | not reachable: unknown name, closed port, bad certificate, timeout, or 502, 503, 504 |
        | 4 | not allowed: 401 or 403 |
        | 130 | Ctrl-C |

        **Completion.** `eval "$(plane completion bash)"` in `~/.bashrc`, the same with `zsh`, `plane completion fish | source` in fish.

        """;

    public static string Page()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        var root = CommandTree.Build();
        page.Append("\n## Every command takes\n\n");
        Table(page, [], CommonOptions.All);
        foreach (var command in root.Subcommands.OrderBy(command => command.Name, StringComparer.Ordinal))
        {
            page.Append($"\n## plane {command.Name}\n");
            Command(page, command, $"plane {command.Name}", top: true);
        }

        return page.ToString();
    }

    private static void Command(StringBuilder page, Command command, string path, bool top)
    {
        if (command.Subcommands.Count == 0)
        {
            var arguments = string.Concat(command.Arguments.Select(argument => $" {argument.Name.ToUpperInvariant()}"));
            page.Append(top ? $"\n`{path}{arguments}`: {command.Description}\n" : $"\n### {path}\n\n`{path}{arguments}`: {command.Description}\n");
            if (command.Arguments.Count + command.Options.Count > 0)
                page.Append('\n');
            Table(page, command.Arguments, command.Options.Where(option => option is not HelpOption));
            return;
        }

        if (top)
            page.Append($"\n{command.Description}\n");
        foreach (var sub in command.Subcommands)
            Command(page, sub, $"{path} {sub.Name}", top: false);
    }

    private static void Table(StringBuilder page, IEnumerable<Argument> arguments, IEnumerable<Option> options)
    {
        var rows = arguments.Select(argument => $"| `{argument.Name.ToUpperInvariant()}` | {Cell(argument.Description)} |")
            .Concat(options.Select(option => $"| {Names(option)} | {Cell(option.Description)}{Default(option)} |")).ToList();
        if (rows.Count > 0)
            page.Append("| | |\n|---|---|\n").AppendJoin('\n', rows).Append('\n');
    }

    private static string Names(Option option)
    {
        var value = option.ValueType == typeof(bool) ? "" : " " + (option.HelpName ?? string.Join('|', option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)));
        return string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length).Select(name => $"`{name}{Cell(value)}`"));
    }

    private static string Default(Option option) =>
        (option.Required ? " Required." : "") + (option.HasDefaultValue && option.ValueType != typeof(bool) && option.GetDefaultValue() is { } value and not Array ? $" Default: {value}." : "");

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
