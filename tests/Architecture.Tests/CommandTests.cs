using System.CommandLine;
using System.CommandLine.Help;
using MlopsPlane.Cli.Commands;

namespace MlopsPlane.Architecture.Tests;

public sealed class CommandTests
{
    private static readonly string[] Secrets = ["--key", "--token", "--password", "--secret", "--api-key"];

    [Fact]
    public void The_page_of_the_command_line_is_that_of_its_commands() => GoldenFile.Matches("docs/cli.md", CommandReference.Page());

    [Fact]
    public void Every_command_argument_and_option_is_described_in_a_sentence()
    {
        var described = All(CommandTree.Build()).SelectMany(command => command.Arguments.Concat<Symbol>(command.Options).Append(command)).Where(symbol => symbol is not (HelpOption or VersionOption)).ToList();
        Assert.NotEmpty(described);
        Assert.All(described, symbol => Assert.True(symbol.Description is { Length: > 5 }, symbol.Name));
    }

    [Fact]
    public void No_option_takes_a_key()
    {
        // That of the permissions takes a key's id.
        var suspects = All(CommandTree.Build()).Where(command => command.Name != "permissions")
            .SelectMany(command => command.Options).SelectMany(option => option.Aliases.Append(option.Name)).Intersect(Secrets, StringComparer.Ordinal);
        Assert.Empty(suspects);
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
