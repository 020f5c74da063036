using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Commands.Events;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Status;

/// <summary><c>plane status</c></summary>
internal static class ShowStatus
{
    private static readonly IReadOnlyList<Column> Fields =
    [
        Column.Of("Server", "url"), Column.Of("Is", "server"), Column.Of("Version", "version"), Column.Of("Speaks MLflow", "mlflowVersion"), Column.Of("Ready", "ready"),
        Column.Of("You are", "subject"), Column.Of("Workspace", "workspace"), Column.Of("Events waiting", "events.waiting"),
        Column.Of("Events given up", "events.parked"), Column.Of("Deliveries given up", "events.dead"),
    ];

    private static readonly IReadOnlyList<Column> CheckColumns = [Column.Of("CHECK", "name"), Column.Of("STATE", "status"), Column.Of("REASON", "reason")];

    public static Command Build() => Verb.Of("status", "Whether the server is up, what is wrong with it, and who you are there.", [], async call =>
    {
        var status = new JsonObject { ["url"] = call.Target.Address, ["urlFrom"] = call.Target.UrlFrom, ["workspace"] = call.Target.Workspace };
        var seen = await Sighting.LookAsync(call.Client, call.Ct);
        status["server"] = seen.Kind.ToString().ToLowerInvariant();
        status["version"] = await Sighting.VersionAsync(call.Client, call.Ct);
        status["mlflowVersion"] = seen.MlflowVersion;
        status["subject"] = seen.Subject;
        if (seen.Kind == ServerKind.Plane)
        {
            await AddReadinessAsync(call, status);
            await AddEventsAsync(call, status);
        }

        Show(call.Screen, JsonElement.Parse(status.ToJsonString()));
        if (!seen.WhoAmI.IsSuccess && seen.Kind == ServerKind.Plane)
            throw ErrorReader.ToException(ErrorReader.Read(seen.WhoAmI.Status, null, System.Text.Encoding.UTF8.GetBytes(seen.WhoAmI.Body)), call.Target.Key is not null);
        call.ExitCode = seen.Kind != ServerKind.Other && (string?)status["ready"] is not "Unhealthy" ? ExitCodes.Done : ExitCodes.Failed;
    });

    private static void Show(Screen screen, JsonElement status)
    {
        screen.Entry(status, Fields);
        if (screen.Json || !status.Items("checks").Any(IsWrong))
            return;
        screen.Verbatim("\n");
        screen.Table(status.Items("checks").Where(IsWrong), CheckColumns);
    }

    private static bool IsWrong(JsonElement check) => check.Text("status") != "Healthy";

    private static async Task AddReadinessAsync(Call call, JsonObject status)
    {
        var report = (await call.Client.AskAsync("readyz", call.Ct)).Json();
        status["ready"] = report?.Text("status") ?? "Unhealthy";
        status["checks"] = new JsonArray([.. Readiness.ChecksOf(report)]);
    }

    /// <summary>Sums over the services, where the caller may see them.</summary>
    private static async Task AddEventsAsync(Call call, JsonObject status)
    {
        var depths = await call.Client.AskAsync($"{EventCommands.Path}/outbox", call.Ct);
        if (!depths.IsSuccess || depths.Json() is not { ValueKind: JsonValueKind.Array } services)
            return;
        long Sum(string field) => services.EnumerateArray().Sum(service => service.Number(field) ?? 0);
        status["events"] = new JsonObject { ["waiting"] = Sum("waiting"), ["parked"] = Sum("parked"), ["gaps"] = Sum("gaps"), ["delayed"] = Sum("delayed"), ["dead"] = Sum("dead") };
    }
}
