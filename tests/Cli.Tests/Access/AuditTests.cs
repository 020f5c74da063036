using Microsoft.AspNetCore.Http;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Access;

public sealed class AuditTests(GuardedOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task The_audit_log_is_filtered_and_read_in_pages()
    {
        var account = await server.AddAccountAsync();
        var entries = (await Plane.JsonAsync("audit", "--target", account.Subject, "--since", "1h")).GetProperty("entries");
        Assert.Equal(["keys.create", "service-accounts.add"], entries.EnumerateArray().Select(entry => entry.GetProperty("action").GetString()));
        Assert.Single((await Plane.JsonAsync("audit", "--target", account.Subject, "--limit", "1")).GetProperty("entries").EnumerateArray());
        Assert.Empty((await Plane.JsonAsync("audit", "--target", account.Subject, "--until", "2020-01-01")).GetProperty("entries").EnumerateArray());
        Refused(await Plane.RunAsync("audit", "--since", "yesterday"), 2, "usage");
        Refused(await Plane.RunAsync("audit", "--follow", "--until", "2020-01-01"), 2, "usage");
    }

    [Fact]
    public async Task Following_shows_what_happens_from_now_on_and_ends_cleanly_with_Ctrl_C()
    {
        var before = await server.AddAccountAsync();
        using var process = Plane.Start("audit", "--follow", "--action", "service-accounts.add", "--output", "json");
        var lines = process.StandardOutput;
        var first = lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var names = new List<string>();
        // Whatever was begun before it looked is not shown; so something is added until it has begun to look.
        while (!first.IsCompleted)
        {
            names.Add((await server.AddAccountAsync()).Subject);
            await Task.WhenAny(first, Task.Delay(300));
        }

        var target = System.Text.Json.JsonElement.Parse((await first)!).GetProperty("target").GetString();
        Assert.NotEqual(before.Subject, target);
        await Signals.InterruptAsync(process);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((130, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync()));
    }

    [Fact]
    public async Task Following_waits_an_outage_out_and_misses_nothing()
    {
        var asked = 0;
        await using var stub = await StubServer.StartAsync(http =>
        {
            var call = Interlocked.Increment(ref asked);
            if (call is 3 or 4)
            {
                http.Response.StatusCode = 503;
                return Task.CompletedTask;
            }

            return http.Response.WriteAsJsonAsync(new { entries = call < 3 ? [Entry(1)] : new[] { Entry(3), Entry(2), Entry(1) } });
        });
        using var process = Plane.Start("audit", "--follow", "--output", "json", "--url", stub.Url);
        var told = process.StandardError.ReadToEndAsync();
        foreach (var expected in new[] { 2, 3 })
        {
            var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(expected, System.Text.Json.JsonElement.Parse(line!).GetProperty("id").GetInt32());
        }

        await Signals.InterruptAsync(process);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("Trying again", await told, StringComparison.Ordinal);
        Assert.Contains("answers again", await told, StringComparison.Ordinal);
    }

    private static object Entry(int id) => new { id, at = "2026-01-31T12:00:00Z", actor = "user:a", action = "keys.create", target = "user:a" };
}
