using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary>Follows the status of a deployment until it is ready or has failed, and tells each step on standard error.</summary>
internal sealed class DeploymentWait
{
    private const int DefaultSeconds = 600;
    private const int MaxSeconds = 86_400;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly Option<int> bound = new("--wait-seconds")
    {
        Description = "Longest wait in all.", HelpName = "SECONDS", DefaultValueFactory = _ => DefaultSeconds,
    };

    public DeploymentWait() => bound.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is not (> 0 and <= MaxSeconds))
            result.AddError($"'--wait-seconds' must be 1 to {MaxSeconds}.");
    });

    public Option<bool> Wait { get; } = new("--wait") { Description = "Wait until it is ready, or has failed." };

    public IEnumerable<Option> Options => [Wait, bound];

    /// <exception cref="CliException">It failed, or was not ready in time.</exception>
    public async Task ForAsync(Call call, string name)
    {
        var began = call.Clock.GetTimestamp();
        var told = "";
        for (; ; )
        {
            var status = await call.Client.GetAsync($"{DeploymentCommands.PathOf(name)}/status", call.Ct);
            var line = Line(status);
            if (line != told)
                call.Screen.Message(line);
            told = line;
            switch (status.Text("phase"))
            {
                case "Ready":
                    call.Done($"'{name}' is ready.", status);
                    return;
                case "Failed":
                    throw new CliException(ExitCodes.Failed, "deployment_failed", $"'{name}' failed. {Message(status, "LoadFailed")}", $"plane deployments events {name} tells what happened.");
            }

            if (call.Clock.GetElapsedTime(began).TotalSeconds > call.Get(bound))
                throw new CliException(ExitCodes.Failed, "not_ready", $"'{name}' is {status.Text("phase")} after {call.Get(bound)} s. {Message(status, "Progressing")}", $"plane deployments status {name} tells how it goes on.");
            await Task.Delay(Pause, call.Clock, call.Ct);
        }
    }

    private static string Line(JsonElement status)
    {
        var parts = status.Items("replicas").Where(replica => !replica.Flag("silent")).Select(replica =>
            $"{replica.Text("variant")} {replica.Text("version")} on {replica.Text("replica")}: {replica.Text("state")}{Progress(replica)}");
        return $"{status.Text("phase")}{string.Concat(parts.Select(part => $"; {part}"))}";
    }

    private static string Progress(JsonElement replica) =>
        replica.At("progress") is { ValueKind: JsonValueKind.Number } progress ? string.Create(CultureInfo.InvariantCulture, $" {progress.GetDouble() * 100:0} %") : "";

    private static string? Message(JsonElement status, string type) =>
        status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type).Text("message");
}
