using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;
using Spectre.Console;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary><c>plane doctor</c></summary>
internal static class RunDoctor
{
    public static Command Build() => Verb.Of(
        "doctor", "Look for what is wrong between you and the server, and say what to do. Status 1 when a check failed.", [], async call =>
        {
            var findings = new List<Finding>();
            try
            {
                await foreach (var finding in Examination.RunAsync(call))
                    findings.Add(finding);
            }
            catch (CliException lost)
            {
                // It answered before.
                findings.Add(Finding.Failed("server", lost));
            }

            if (call.Screen.Json)
                call.Screen.Document(ToJson(findings));
            else
                Show(call.Screen, findings);
            call.ExitCode = findings.Exists(finding => finding.State == State.Failed) ? ExitCodes.Failed : ExitCodes.Done;
        });

    private static void Show(Screen screen, List<Finding> findings)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        foreach (var padding in new[] { 2, 2, 0 })
            table.AddColumn(new TableColumn("") { Padding = new Padding(0, 0, padding, 0) });
        foreach (var finding in findings)
        {
            var (word, color) = finding.State switch
            {
                State.Ok => ("ok", Color.Green),
                State.Warning => ("warning", Color.Yellow),
                _ => ("FAILED", Color.Red),
            };
            table.AddRow(new Text(word, new Style(color)), new Text(finding.Check), new Text(SafeText.Of(finding.Detail)));
            if (finding.Advice is { } advice)
                table.AddRow(new Text(""), new Text(""), new Text("→ " + SafeText.Of(advice)));
        }

        screen.Render(table);
        var (failed, warnings) = (findings.Count(finding => finding.State == State.Failed), findings.Count(finding => finding.State == State.Warning));
        screen.Message($"{findings.Count} checks, {failed} failed, {warnings} warning(s).");
    }

    private static JsonObject ToJson(List<Finding> findings) => new()
    {
        ["ok"] = !findings.Exists(finding => finding.State == State.Failed),
        ["checks"] = new JsonArray([.. findings.Select(finding => new JsonObject
        {
            ["check"] = finding.Check, ["state"] = finding.State.ToString().ToLowerInvariant(), ["detail"] = finding.Detail, ["advice"] = finding.Advice,
        })]),
    };
}
