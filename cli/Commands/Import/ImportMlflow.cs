using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Import;
using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Import.Transfer;
using MlopsPlane.Cli.Import.Verify;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Import;

/// <summary><c>plane import mlflow SOURCE</c></summary>
internal static class ImportMlflow
{
    private const int MaxParallel = 64;
    private const int DefaultParallel = 4;
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(120);

    private const string Description = """
        Import experiments, runs, artifacts and registered models of another MLflow server, or of a folder of its file store.

        It can be run again at any time: it goes on where it was and doubles nothing. It ends with status 0 when everything
        was read back and is equal. SOURCE_MLFLOW_TRACKING_TOKEN, or SOURCE_MLFLOW_TRACKING_USERNAME and _PASSWORD, are shown
        to the other server.
        """;

    public static Command Build()
    {
        var source = new Argument<string>("SOURCE") { Description = "Address of an MLflow server, or path of an mlruns folder." };
        var workspace = new Option<string?>("--to-workspace") { Description = "Workspace to import into; else as --workspace.", HelpName = "NAME" };
        var experiments = new Option<string[]>("--experiments") { Description = "Only experiments of these names; * and ? stand for anything. May be repeated.", HelpName = "PATTERN" };
        var models = new Option<string[]>("--models") { Description = "Only registered models of these names, written alike.", HelpName = "PATTERN" };
        var since = new Option<string?>("--since") { Description = "Only runs that started then or later: 2026-01-31, or with a time.", HelpName = "TIME" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be done, and write nothing." };
        var parallel = new Option<int>("--parallel") { Description = "Runs that are worked on at the same time.", HelpName = "COUNT", DefaultValueFactory = _ => DefaultParallel };
        var artifacts = new Option<bool>("--artifacts") { Description = "Take artifacts along.", DefaultValueFactory = _ => true };
        var noArtifacts = new Option<bool>("--no-artifacts") { Description = "Leave artifacts out." };
        var deleted = new Option<bool>("--include-deleted") { Description = "Take deleted experiments and runs along, as deleted ones." };
        var state = new Option<string?>("--state") { Description = "File that remembers what has been sent, so that the next attempt is faster.", HelpName = "FILE" };
        var reportFile = new Option<string?>("--report") { Description = "File that the report is written to, as JSON.", HelpName = "FILE" };
        var conflict = new Option<string>("--on-conflict") { Description = "What happens when a name is taken here.", DefaultValueFactory = _ => "skip" };
        conflict.AcceptOnlyFromAmong("skip", "rename", "fail");
        parallel.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaxParallel)
                result.AddError($"'--parallel' must be between 1 and {MaxParallel}.");
        });
        return Verb.Of("mlflow", Description,
            [source, workspace, experiments, models, since, dryRun, parallel, artifacts, noArtifacts, deleted, state, reportFile, conflict],
            call => RunAsync(call, call.Get(source), call.Get(workspace), call.Get(dryRun), call.Get(state), call.Get(reportFile), new ImportOptions(
                call.Get(experiments) ?? [], call.Get(models) ?? [], Since(call.Get(since)), call.Get(parallel), call.Get(artifacts) && !call.Get(noArtifacts),
                call.Get(deleted), Enum.Parse<ConflictPolicy>(call.Get(conflict)!, ignoreCase: true))));
    }

    private static async Task RunAsync(
        Call call, string sourceText, string? workspace, bool dryRun, string? stateFile, string? reportFile, ImportOptions options)
    {
        var target = workspace is null ? call.Target : call.Target with { Workspace = workspace };
        var report = new ImportReport();
        using var source = OpenSource(sourceText, options, call, report);
        using var destination = new Destination(new Wire(
            target.Url, target.Key is { } key ? new AuthenticationHeaderValue("Bearer", key) : null, target.Workspace, options.Parallel * 2, Patience(call), call.Clock),
            source.Identity);
        JsonObject document;
        var started = call.Clock.GetUtcNow();
        await using (var progress = new ImportProgress(call.Screen, call.Clock))
        {
            try
            {
                if (dryRun)
                {
                    document = await new DryRun(source, destination, options, progress).RunAsync(call.Ct);
                    document["failures"] = report.ToJson()["failures"]!.DeepClone();
                }
                else
                {
                    using var state = StateFile.Open(stateFile, $"{source.Identity} {target.Address} {target.Workspace}");
                    await new Importer(source, destination, options, state, report, progress).RunAsync(call.Ct);
                    document = report.ToJson();
                    call.ExitCode = report.Verified ? ExitCodes.Done : ExitCodes.Failed;
                }
            }
            catch (Exception stop) when (stop is RefusedException or SourceException)
            {
                var told = ToException(stop, target);
                // A list that cannot be read at all ends the import; the report says how far it came.
                report.Failed("everything that was not reached", told.Message);
                if (reportFile is not null && !dryRun)
                    await WriteAsync(reportFile, Headed(report.ToJson(), progress.Seconds), call.Ct);
                throw told;
            }

            Headed(document, progress.Seconds);
        }

        if (reportFile is not null)
            await WriteAsync(reportFile, document, call.Ct);
        ImportSummary.Show(call.Screen, document, dryRun);

        JsonObject Headed(JsonObject made, double seconds)
        {
            made.Insert(0, "source", source.Identity);
            made.Insert(1, "destination", target.Address);
            made.Insert(2, "workspace", target.Workspace);
            made.Insert(3, "started", started.ToString("O", CultureInfo.InvariantCulture));
            made.Insert(4, "seconds", Math.Round(seconds, 3));
            return made;
        }
    }

    private static CliException ToException(Exception stop, Target target) => stop switch
    {
        RefusedException refused when refused.Server == target.Url => Client.ErrorReader.ToException(refused.Error, keyShown: target.Key is not null),
        RefusedException refused => SourceRefused(refused),
        _ => new CliException(ExitCodes.Failed, "source_unreadable", stop.Message),
    };

    private static ISource OpenSource(string text, ImportOptions options, Call call, ImportReport report)
    {
        if (!text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return Cli.Import.Folder.FolderSource.Open(text, report.Failed);
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            throw CliException.Usage($"'{text}' is no address of an MLflow server.", "An address looks like https://mlflow.example.com; names and passwords go into SOURCE_MLFLOW_TRACKING_USERNAME and _PASSWORD.");
        var shown = SourceCredential.OfEnvironment();
        if (shown is not null)
            Target.RequireSafe(url, call.Get(CommonOptions.Insecure));
        return new MlflowSource(new Wire(url, shown, workspace: null, options.Parallel * 2, Patience(call), call.Clock), url.AbsoluteUri.TrimEnd('/'));
    }

    private static CliException SourceRefused(RefusedException refused) => refused.Error.Status is 401 or 403
        ? new CliException(ExitCodes.NotAllowed, refused.Error.Code, $"{refused.Server.AbsoluteUri.TrimEnd('/')}: {refused.Error.Message}", "SOURCE_MLFLOW_TRACKING_TOKEN, or SOURCE_MLFLOW_TRACKING_USERNAME and _PASSWORD, are shown to the other server.")
        : new CliException(ExitCodes.Failed, refused.Error.Code, $"{refused.Server.AbsoluteUri.TrimEnd('/')}: {refused.Error.Message}");

    /// <summary>As long as MLflow's own client waits, since old servers are slow with long histories; else what is asked for.</summary>
    private static TimeSpan Patience(Call call) => call.Has(CommonOptions.TimeoutSeconds) ? call.Timeout : LongPatience;

    private static long Since(string? text)
    {
        if (text is null)
            return long.MinValue;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : throw CliException.Usage($"--since: '{text}' is no time.", "It is written 2026-01-31 or 2026-01-31T12:00:00Z.");
    }

    private static async Task WriteAsync(string path, JsonObject document, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(path, document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n", ct);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, "report_unwritable", $"The report cannot be written: {failure.Message}");
        }
    }
}
