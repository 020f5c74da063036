using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Completion;

/// <summary>The script for bash, in a bash.</summary>
public sealed class BashTests(AllInOneOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task Commands_options_and_values_are_completed()
    {
        Assert.Equal(["workspaces"], await CompleteAsync("plane works"));
        Assert.Equal(["create", "list", "revoke", "show"], (await CompleteAsync("plane keys ")).Where(name => !name.StartsWith('-')));
        Assert.Equal(["--revoked"], await CompleteAsync("plane keys list --rev"));
        Assert.Equal(["json"], await CompleteAsync("plane keys list --output j"));
    }

    [Fact]
    public async Task Names_of_the_server_are_completed_behind_the_marks_at_which_bash_begins_a_word()
    {
        await NewModelAsync("churn", versions: 1);
        await Plane.JsonAsync("models", "alias", "set", "churn@champion", "1");
        Assert.Equal(["churn"], await NamesAsync("plane models show ch"));
        Assert.Equal(["champion"], await NamesAsync("plane models show churn@ch"));
        Assert.Equal([Workspace], await NamesAsync($"plane workspaces show {Workspace[..10]}", name => name == Workspace));
    }

    [Fact]
    public async Task A_name_that_is_a_command_to_a_shell_is_quoted_and_not_run()
    {
        var trap = Path.Combine(Plane.Home, "trapped");
        await PostAsync("experiments/create", new { name = $"x $(touch {trap}) `touch {trap}`; touch {trap} *" });
        var completed = Assert.Single(await NamesAsync("plane experiments show x"));
        Assert.StartsWith("x\\ \\$\\(touch", completed, StringComparison.Ordinal);
        Assert.False(File.Exists(trap));
    }

    [Fact]
    public async Task Without_a_server_nothing_is_offered_and_nothing_is_said()
    {
        using var plane = new PlaneCli().With("PLANE_URL", "http://127.0.0.1:1");
        Assert.Empty(await CompleteAsync("plane workspaces show x", plane: plane));
        var run = await plane.RunAsync("[suggest:17]", "workspaces show x");
        Assert.Equal((0, ""), (run.Status, run.Output.Trim() + run.Errors));
    }

    /// <summary>Names that the server knows. Nobody who completes a word waits long for it, so that a busy machine may need another try.</summary>
    private async Task<List<string>> NamesAsync(string line, Func<string, bool>? where = null)
    {
        List<string> names = [];
        await Until.TrueAsync(async () => (names = await CompleteAsync(line, where)).Count > 0);
        return names;
    }

    private async Task<List<string>> CompleteAsync(string line, Func<string, bool>? where = null, PlaneCli? plane = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Plane.Home, "bin")).FullName;
        var program = Path.Combine(folder, "plane");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet {PlaneCli.Program} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // As bash calls it: with the words, of which @, : and = are some of their own.
        var script = $$"""
            PATH={{folder}}:$PATH
            eval "$(plane completion bash)"
            complete -p plane >/dev/null || exit 9
            COMP_LINE={{MlopsPlane.Cli.Settings.Shell.Quote(line)}}; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _plane_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using var process = (plane ?? Plane).StartProgram("bash", "-c", script);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(where ?? (_ => true))];
    }
}
