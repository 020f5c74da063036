using MlopsPlane.Cli.Output;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Output;

public sealed class TerminalTests(AllInOneOnSqlite server) : CliTest(server)
{
    private const string Hostile = "[red]x[/] \u001b[2J\u202e[bold";

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("Grüße 日本 🚀", "Grüße 日本 🚀")]
    [InlineData("a\u001b[31mb\u0007\u009bc\u007f", "a\\u001b[31mb\\u0007\\u009bc\\u007f")]
    [InlineData("a\nb\r\tc", "a\\nb\\r\\tc")]
    [InlineData("\u202eabc\u2066\u200b\u2028", "\\u202eabc\\u2066\\u200b\\u2028")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    public void What_a_terminal_would_obey_is_written_out(string text, string expected) => Assert.Equal(expected, SafeText.Of(text));

    [Fact]
    public void Half_a_character_is_written_out() => Assert.Equal(@"\ud800x", SafeText.Of("\ud800x"));

    [Fact]
    public async Task Names_of_the_server_are_shown_as_they_are_and_obeyed_by_nothing()
    {
        await PostAsync("experiments/create", new { name = Hostile });
        var piped = await Plane.RunAsync("experiments", "list");
        Assert.Contains("[red]x[/] \\u001b[2J\\u202e[bold", piped.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', piped.Output);
        var names = (await Plane.JsonAsync("experiments", "list")).GetProperty("experiments").EnumerateArray().Select(experiment => experiment.GetProperty("name").GetString());
        Assert.Contains(Hostile, names);
        var refused = await Plane.RunAsync("experiments", "show", "\u001b[31mnope[/]");
        Assert.DoesNotContain('\u001b', refused.Errors);
    }

    [Fact]
    public async Task A_terminal_gets_colours_unless_it_was_asked_for_none_and_never_those_of_a_name()
    {
        await PostAsync("experiments/create", new { name = Hostile });
        var coloured = await OnTerminalAsync("experiments list", "TERM=xterm-256color");
        Assert.Contains("\u001b[1m", coloured, StringComparison.Ordinal);
        Assert.Contains("[red]x[/]", coloured, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", coloured, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', coloured);
        // What the terminal is told of its keypad is no colour.
        Assert.DoesNotContain("\u001b[1m", await OnTerminalAsync("experiments list", "TERM=xterm-256color NO_COLOR=1"), StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', await OnTerminalAsync("experiments list -o json", "TERM=xterm-256color"));
    }

    private async Task<string> OnTerminalAsync(string arguments, string variables)
    {
        using var process = Plane.StartProgram("script", "-qec", $"stty cols 200; {variables} dotnet {PlaneCli.Program} {arguments}", "/dev/null");
        process.StandardInput.Close();
        return await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
