using MlopsPlane.Cli.Commands.Status;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>What the server says of its databases, migrations and queues.</summary>
internal static class ReadinessCheck
{
    private const string Name = "readiness";

    public static async Task<IReadOnlyList<Finding>> RunAsync(Call call, CancellationToken ct)
    {
        var answer = await call.Client.AskAsync("readyz", ct);
        var checks = Readiness.ChecksOf(answer.Json()).Select(check => ((string)check["name"]!, (string?)check["status"], (string?)check["reason"])).ToList();
        if (checks.Count == 0)
            return [Finding.Failed(Name, $"/readyz answers {(int)answer.Status} without a report", "Look at the server's log.")];
        var wrong = checks.Where(check => check.Item2 != "Healthy").Select(check => Of(check.Item1, check.Item2, check.Item3 ?? "no reason is given")).ToList();
        return wrong.Count > 0 ? wrong : [Finding.Ok(Name, $"ready: {string.Join(", ", checks.Select(check => check.Item1))}")];
    }

    private static Finding Of(string check, string? status, string reason)
    {
        var advice = Advice(reason);
        return status == "Degraded" ? Finding.Warning(check, reason, advice) : Finding.Failed(check, reason, advice);
    }

    private static string Advice(string reason) =>
        reason.Contains("migrate", StringComparison.OrdinalIgnoreCase) ? "Run the migrate verb of the service that is named (dotnet MlopsPlane.<Service>.Host.dll migrate, or ./run.sh migrate)."
        : reason.Contains("broker", StringComparison.OrdinalIgnoreCase) ? "Start RabbitMQ, or correct Messaging:RabbitMq; events wait in the outbox until then."
        : reason.Contains("stop", StringComparison.OrdinalIgnoreCase) ? "The process was told to stop; ask again when another one runs."
        : "Look at the server's log; its database or broker may be down.";
}
