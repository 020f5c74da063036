using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Audit;

/// <summary>Shows entries of the audit log as they come, oldest first. An outage is told and waited out; nothing of it is missed.</summary>
internal static class FollowAudit
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Entries become visible when their change is committed, which may be some seconds after their time.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);

    /// <param name="from">Where to begin; what happens from now on when null.</param>
    public static async Task RunAsync(Call call, Func<DateTimeOffset?, Pages.Source> since, DateTimeOffset? from, IReadOnlyList<Column> columns)
    {
        var silent = from is null;
        // The server's clock counts, so "now" is its newest entry.
        from ??= (await Pages.ReadAsync(since(null), "entries", limit: 1, call.Ct)).Entries is [var newest] ? At(newest) - Overlap : null;
        var shown = new HashSet<long>();
        var away = false;
        for (var first = true; ; first = false)
        {
            try
            {
                var page = await Pages.ReadAsync(since(from), "entries", limit: null, call.Ct);
                if (away)
                    call.Screen.Message($"{call.Target.Address} answers again.");
                away = false;
                foreach (var entry in page.Entries.Reverse().Where(entry => !shown.Contains(Id(entry)) && !silent))
                    Show(call, entry, columns);
                (shown, silent) = ([.. page.Entries.Select(Id)], false);
                if (page.Entries.Count > 0 && page.Entries.Max(At) - Overlap is var next && (from is null || next > from))
                    from = next;
            }
            catch (CliException lost) when (lost.ExitCode == ExitCodes.Unreachable && !first)
            {
                if (!away)
                    call.Screen.Message($"{lost.Message} Trying again every second.");
                away = true;
            }

            await Task.Delay(Pause, call.Clock, call.Ct);
        }
    }

    private static long Id(JsonElement entry) => entry.GetProperty("id").GetInt64();

    private static DateTimeOffset At(JsonElement entry) => entry.GetProperty("at").GetDateTimeOffset();

    private static void Show(Call call, JsonElement entry, IReadOnlyList<Column> columns)
    {
        if (call.Screen.Json)
            call.Screen.JsonLine(entry);
        else
            call.Screen.Line(string.Join("  ", columns.Select(column => column.Value(entry) ?? "-")));
    }
}
