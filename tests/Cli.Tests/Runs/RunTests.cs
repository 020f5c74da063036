using System.Text.Json;
using MlopsPlane.Cli.Commands.Runs;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Runs;

public sealed class RunTests(AllInOneOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task Runs_are_searched_in_named_experiments_or_in_all_and_shown()
    {
        var (first, second) = (await NewExperimentAsync("first one"), await NewExperimentAsync("second"));
        var (one, two) = (await NewRunAsync(first, "good"), await NewRunAsync(second, "bad"));
        await PostAsync("runs/log-batch", new
        {
            run_id = one, metrics = new[] { new { key = "auc", value = 0.93, timestamp = 1, step = 4 } }, @params = new[] { new { key = "lr", value = "0.1" } },
        });
        var all = await Plane.JsonAsync("runs", "search");
        Assert.Equal([one, two], all.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("info").GetProperty("run_id").GetString()!).Order(StringComparer.Ordinal));
        foreach (var experiment in new[] { "first one", first })
            Assert.Single((await Plane.JsonAsync("runs", "search", "-e", experiment)).GetProperty("runs").EnumerateArray());
        Assert.Contains("auc=0.93", (await Plane.RunAsync("runs", "search", "--filter", "metrics.auc > 0.9", "--order-by", "metrics.auc DESC")).Output, StringComparison.Ordinal);
        var refused = await Plane.RunAsync("runs", "search", "--filter", "nonsense ===");
        Refused(refused, 1, "INVALID_PARAMETER_VALUE");
        var shown = await Plane.RunAsync("runs", "show", one);
        Assert.Contains("lr", shown.Output, StringComparison.Ordinal);
        Assert.Equal("good", (await Plane.JsonAsync("runs", "show", one)).GetProperty("info").GetProperty("run_name").GetString());
        Refused(await Plane.RunAsync("runs", "show", "nope"), 1, "RESOURCE_DOES_NOT_EXIST");
        Refused(await Plane.RunAsync("runs", "search", "-e", "no such"), 1, "RESOURCE_DOES_NOT_EXIST");
        Assert.Equal(3, (await Plane.JsonAsync("experiments", "list")).GetProperty("experiments").GetArrayLength());
        Assert.Equal(first, (await Plane.JsonAsync("experiments", "show", "first one")).GetProperty("experiment_id").GetString());
    }

    [Fact]
    public async Task A_tail_shows_values_as_they_come_and_ends_with_the_run()
    {
        var run = await NewRunAsync();
        await LogAsync(run, "before", 1);
        using var process = Plane.Start("runs", "tail", run, "--from-start", "--output", "json");
        var lines = process.StandardOutput;
        async Task<JsonElement> NextAsync() => JsonElement.Parse((await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)))!);
        Assert.Equal("before", (await NextAsync()).GetProperty("metric").GetString());
        Assert.Equal("RUNNING", (await NextAsync()).GetProperty("status").GetString());
        await LogAsync(run, "during", 2);
        Assert.Equal("during", (await NextAsync()).GetProperty("metric").GetString());
        await PostAsync("runs/update", new { run_id = run, status = "FINISHED" });
        Assert.Equal("FINISHED", (await NextAsync()).GetProperty("status").GetString());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((0, null), (process.ExitCode, await lines.ReadLineAsync()));
        var text = await Plane.RunAsync("runs", "tail", run, "--from-start", "--metric", "during");
        Assert.Single(text.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Refused(await Plane.RunAsync("runs", "tail", "nope"), 1, "run_not_found");
    }

    [Fact]
    public async Task Ctrl_C_ends_a_tail_with_130_and_without_a_word()
    {
        var run = await NewRunAsync();
        await LogAsync(run, "m", 1);
        using var process = Plane.Start("runs", "tail", run, "--from-start");
        Assert.NotNull(await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        await Signals.InterruptAsync(process);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(130, process.ExitCode);
        Assert.DoesNotContain("plane:", await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_reads_only_the_first_line_ends_the_command_quietly()
    {
        var run = await NewRunAsync();
        for (var i = 0; i < 5; i++)
            await PostAsync("runs/log-batch", new { run_id = run, metrics = Enumerable.Range(i * 1000, 1000).Select(step => new { key = "m", value = step, timestamp = step, step }) });
        // The run goes on: only the closed pipe can end this.
        using var process = Plane.StartProgram("bash", "-c", $"dotnet {PlaneCli.Program} runs tail {run} --from-start | head -1; echo \"${{PIPESTATUS[0]}}\"");
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("0", output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal("", (await process.StandardError.ReadToEndAsync()).Replace("The run is RUNNING.\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_terminal_shows_a_line_for_each_metric_that_moves_and_the_state_at_the_end()
    {
        var run = await NewRunAsync();
        for (var i = 0; i < 3; i++)
            await LogAsync(run, "loss", i);
        using var process = Plane.StartProgram("script", "-qec", $"stty cols 100; TERM=xterm-256color dotnet {PlaneCli.Program} runs tail {run} --from-start", "/dev/null");
        process.StandardInput.Close();
        var shown = new System.Text.StringBuilder();
        var buffer = new char[4096];
        async Task UntilAsync(string text)
        {
            while (!shown.ToString().Contains(text, StringComparison.Ordinal))
            {
                var read = await process.StandardOutput.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
                Assert.True(read > 0, $"'{text}' was not shown: {shown}");
                shown.Append(buffer, 0, read);
            }
        }

        // All of them, though the run goes on and nothing follows.
        await UntilAsync("▁▅█");
        await PostAsync("runs/update", new { run_id = run, status = "KILLED" });
        await UntilAsync("KILLED");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("▁▅█", 0.0, 1.0, 2.0)]
    [InlineData("▄▄", 5.0, 5.0)]
    [InlineData("▁ █", -1e308, double.NaN, 1e308)]
    [InlineData(" ", double.PositiveInfinity)]
    [InlineData("")]
    public void A_sparkline_spans_the_values_that_are_numbers(string expected, params double[] values) => Assert.Equal(expected, TailView.Sparkline(values));

    private Task<JsonElement> LogAsync(string run, string key, int value) => PostAsync("runs/log-metric", new { run_id = run, key, value, timestamp = 10 });
}
