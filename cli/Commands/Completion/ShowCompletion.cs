using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Completion;

/// <summary><c>plane completion</c></summary>
internal static class ShowCompletion
{
    public static Command Build()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return Verb.Of("completion", "Print a script that completes commands, options and names of workspaces, models and experiments: eval \"$(plane completion bash)\"", [shell], call =>
        {
            using var script = typeof(ShowCompletion).Assembly.GetManifestResourceStream($"plane.{call.Get(shell)}")!;
            using var reader = new StreamReader(script);
            call.Screen.Verbatim(reader.ReadToEnd());
            return Task.CompletedTask;
        });
    }
}
