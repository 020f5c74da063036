using System.Diagnostics;
using System.Text.Json;

namespace MlopsPlane.Cli.Tests.World;

/// <summary>Runs the built <c>plane</c> as a process, with a home of its own and nothing of this machine's settings.</summary>
public sealed class PlaneCli : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("plane-cli-");
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public static string Program { get; } = typeof(PlaneProgram).Assembly.Location;

    public string Home => home.FullName;

    /// <summary>Where the profiles lie.</summary>
    public string Config => Path.Combine(Home, ".config/plane/config.json");

    /// <summary>Sets an environment variable for what is run from now on.</summary>
    public PlaneCli With(string name, string value)
    {
        variables[name] = value;
        return this;
    }

    /// <summary>Runs it to its end.</summary>
    public Task<Run> RunAsync(params string[] arguments) => RunAsync(input: null, arguments);

    /// <inheritdoc cref="RunAsync(string[])"/>
    /// <param name="input">What it reads from standard input; nothing when it is null.</param>
    public async Task<Run> RunAsync(string? input, string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var bound = new CancellationTokenSource(Longest);
        try
        {
            await process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return new Run(process.ExitCode, await output, await errors);
    }

    /// <summary>Runs it, expects that it was done, and returns the one JSON document that it wrote.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var run = await RunAsync([.. arguments, "--output", "json"]);
        Assert.True(run.Status == 0, $"plane {string.Join(' ', arguments)} ended with {run.Status}: {run.Errors}");
        return JsonElement.Parse(run.Output);
    }

    /// <summary>Starts it; its three streams are redirected.</summary>
    /// <remarks>A job in the background of a shell ignores Ctrl-C, and so would what its tests start.</remarks>
    public Process Start(params string[] arguments) => StartProgram("env", ["--default-signal=INT", "dotnet", Program, .. arguments]);

    /// <summary>Starts another program in the same surroundings.</summary>
    public Process StartProgram(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var name in info.Environment.Keys.Where(IsOfThisMachine).ToList())
            info.Environment.Remove(name);
        info.Environment["HOME"] = Home;
        foreach (var (name, value) in variables)
            info.Environment[name] = value;
        return Process.Start(info)!;
    }

    private static bool IsOfThisMachine(string name) => name == "NO_COLOR" || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("PLANE_", StringComparison.Ordinal) || name.StartsWith("MLFLOW_", StringComparison.Ordinal) || name.StartsWith("XDG_", StringComparison.Ordinal);

    public void Dispose() => home.Delete(recursive: true);

    /// <param name="Status">Exit status.</param>
    public sealed record Run(int Status, string Output, string Errors);
}
