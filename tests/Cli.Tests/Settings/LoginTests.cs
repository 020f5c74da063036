using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Settings;

public sealed class LoginTests(GuardedOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task A_key_from_standard_input_or_a_file_is_tried_and_stored()
    {
        var account = await server.AddAccountAsync();
        var plane = NewPlane(null);
        var login = await plane.RunAsync(account.Key + "\n", ["login", "--key-stdin", "--profile", "ci", "-w", "default"]);
        Assert.Equal(0, login.Status);
        Assert.Contains(account.Subject, login.Output, StringComparison.Ordinal);
        Assert.Equal(account.Subject, (await plane.JsonAsync("whoami")).GetProperty("subject").GetString());
        var (second, _) = await server.AddKeyAsync(account.Subject);
        var file = Path.Combine(plane.Home, "key");
        await File.WriteAllTextAsync(file, second);
        Assert.Equal(0, (await plane.RunAsync("login", "--key-file", file, "--profile", "ci")).Status);
        Assert.Contains(second, await File.ReadAllTextAsync(plane.Config), StringComparison.Ordinal);
        Assert.Equal(0, (await plane.RunAsync("logout", "--profile", "ci")).Status);
        Assert.DoesNotContain(second, await File.ReadAllTextAsync(plane.Config), StringComparison.Ordinal);
        Assert.Equal(4, (await plane.RunAsync("whoami")).Status);
        Assert.Equal(0, (await plane.RunAsync("logout", "--forget")).Status);
        Assert.Equal(0, (await plane.JsonAsync("config", "show")).GetProperty("profiles").GetArrayLength());
    }

    [Fact]
    public async Task A_key_that_the_server_refuses_is_not_stored_and_not_shown()
    {
        var plane = NewPlane(null);
        const string wrong = "plane_aaaaaaaa_0123456789012345678901234567890123456789012";
        var run = await plane.RunAsync(wrong, ["login", "--key-stdin"]);
        Refused(run, 4, "unauthenticated");
        Assert.DoesNotContain(wrong[15..], run.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(plane.Config));
        Refused(await plane.RunAsync("two words", ["login", "--key-stdin"]), 2, "usage");
        Refused(await plane.RunAsync("login"), 2, "usage");
        Refused(await plane.RunAsync("login", "--key-file", "/nowhere"), 2, "usage");
        Refused(await plane.RunAsync(wrong, ["login", "--key-stdin", "--url", "http://127.0.0.1:1"]), 3, "connection_refused");
    }

    [Fact]
    public async Task A_key_that_is_typed_is_not_shown()
    {
        var account = await server.AddAccountAsync();
        var plane = NewPlane(null);
        // script gives it a terminal; what the terminal would show comes out of it.
        using var process = plane.StartProgram("script", "-qec", $"dotnet {PlaneCli.Program} login", "/dev/null");
        var shown = new char[4096];
        var length = 0;
        while (!new string(shown, 0, length).Contains("Key", StringComparison.Ordinal))
            length += await process.StandardOutput.ReadAsync(shown.AsMemory(length)).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await process.StandardInput.WriteAsync(account.Key + "\r");
        await process.StandardInput.FlushAsync();
        var rest = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains(account.Subject, rest, StringComparison.Ordinal);
        Assert.DoesNotContain(account.Key[15..], new string(shown, 0, length) + rest, StringComparison.Ordinal);
        Assert.Contains(account.Key, await File.ReadAllTextAsync(plane.Config), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_command_shows_its_key_to_nobody_on_the_machine()
    {
        await using var slow = await StubServer.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        var plane = NewPlane(null);
        using var process = plane.Start("login", "--key-stdin", "--url", slow.Url);
        await process.StandardInput.WriteAsync(server.AdminKey);
        process.StandardInput.Close();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (slow.Requests == 0)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The command sent nothing.");
            await Task.Delay(20);
        }

        Assert.Equal([$"Bearer {server.AdminKey}"], slow.Shown);
        Assert.DoesNotContain(server.AdminKey, await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline"), StringComparison.Ordinal);
        process.Kill();
        await process.WaitForExitAsync();
    }
}
