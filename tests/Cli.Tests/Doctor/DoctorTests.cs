using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.AllInOne;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Doctor;

public sealed class DoctorTests(GuardedOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task A_healthy_plane_passes_every_check()
    {
        await Plane.JsonAsync("workspaces", "create", Workspace);
        var report = await Plane.JsonAsync("doctor");
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.Equal(
            ["configuration", "address", "name", "port", "server", "clock", "version", "readiness", "key", "workspace", "permissions", "events"],
            report.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("check").GetString()));
        Assert.All(report.GetProperty("checks").EnumerateArray(), check => Assert.True(check.GetProperty("state").GetString() == "ok", check.GetRawText()));
        var text = await Plane.RunAsync("doctor");
        Assert.Equal((0, true), (text.Status, text.Output.StartsWith("ok  configuration", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_missing_workspace_and_a_key_that_ends_soon_are_warnings_that_say_what_to_do()
    {
        var account = await server.AddAccountAsync();
        await server.GrantAsync(new { subject = account.Subject, workspace = "*", role = "reader" });
        var made = await Plane.JsonAsync("keys", "create", "--owner", account.Subject, "--expires-in-days", "2");
        var plane = NewPlane(made.GetProperty("key").GetString()!);
        var report = await plane.JsonAsync("doctor");
        Assert.Contains("plane keys create", Of(report, "key", "warning"), StringComparison.Ordinal);
        Assert.Contains($"plane workspaces create {Workspace}", Of(report, "workspace", "warning"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_ends_the_examination()
    {
        var report = await FailedAsync(NewPlane(null), "--url", "http://127.0.0.1:1");
        Assert.Contains("Start the server", Of(report, "port", "failed"), StringComparison.Ordinal);
        Assert.Equal("port", report.GetProperty("checks").EnumerateArray().Last().GetProperty("check").GetString());
    }

    [Fact]
    public async Task A_host_that_is_unknown_is_told_with_the_place_that_names_it() =>
        Assert.Contains("--url", Of(await FailedAsync(NewPlane(null), "--url", "https://plane.invalid"), "name", "failed"), StringComparison.Ordinal);

    [Fact]
    public async Task A_plain_tracking_server_is_recognised()
    {
        await using var mlflow = await StubServer.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Path == "/version" ? 200 : 404;
            return http.Response.WriteAsync(http.Request.Path == "/version" ? "2.19.0" : "<html>Not Found</html>");
        });
        var report = await NewPlane(null).JsonAsync("doctor", "--url", mlflow.Url);
        Assert.Contains("runs and experiments work", Of(report, "server", "warning"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_is_told_and_so_is_an_address_with_too_much_behind_it()
    {
        await using var other = await StubServer.SayingAsync(200, "hello", "text/plain");
        Of(await FailedAsync(NewPlane(null), "--url", other.Url), "server", "failed");
        Assert.Contains($"{Url} is the address", Of(await FailedAsync(Plane, "--url", Url + "/api/2.0/mlflow"), "server", "failed"), StringComparison.Ordinal);
        await Plane.JsonAsync("workspaces", "create", Workspace);
        Assert.Contains($"workspace '{Workspace}'", Detail(await Plane.JsonAsync("doctor", "--url", $"{Url}/w/{Workspace}"), "address"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_missing_or_refused_is_a_failed_check()
    {
        Assert.Contains("plane login", Of(await FailedAsync(NewPlane(null)), "key", "failed"), StringComparison.Ordinal);
        var wrong = NewPlane("plane_aaaaaaaa_0123456789012345678901234567890123456789012");
        Assert.Contains("revoked or expired", Of(await FailedAsync(wrong), "key", "failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_others_can_read_is_the_first_thing_that_fails()
    {
        var plane = NewPlane(null);
        await plane.RunAsync("config", "set", "workspace", "x");
        File.SetUnixFileMode(plane.Config, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.StartsWith("chmod 600", Of(await FailedAsync(plane), "configuration", "failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clocks_that_differ_are_told()
    {
        await using var late = await StubServer.StartAsync(http =>
        {
            http.Response.Headers.Date = TimeProvider.System.GetUtcNow().AddMinutes(-10).ToString("R", CultureInfo.InvariantCulture);
            return http.Response.WriteAsync("2.19.0");
        });
        var report = await FailedAsync(NewPlane(null), "--url", late.Url);
        Assert.Contains("NTP", Of(report, "clock", "failed"), StringComparison.Ordinal);
        Assert.Contains("behind", Detail(report, "clock"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_is_too_old_is_told_with_the_verb_that_repairs_it()
    {
        var folder = Directory.CreateTempSubdirectory("plane-old-");
        await using (var app = PlaneHost.Build(new CommandLine("serve", null, new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0", ["Storage:DataFolder"] = folder.FullName, ["Storage:MigrateAtStart"] = "false",
        }), new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules))
        {
            await app.StartAsync();
            var report = await FailedAsync(NewPlane(null), "--url", app.Urls.First());
            Assert.Contains("migrate", Of(report, "tracker-database", "failed"), StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_or_that_ended_is_told()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=plane", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (from, until, word) in new[] { (now.AddDays(-1), now.AddDays(90), "does not trust"), (now.AddDays(-9), now.AddDays(-3), "ended 3 day") })
        {
            using var certificate = request.CreateSelfSigned(from, until);
            await using var tls = await StubServer.StartAsync(http => http.Response.WriteAsync("2.19.0"), certificate);
            var report = await FailedAsync(NewPlane(null), "--url", tls.Url);
            Of(report, "certificate", "failed");
            Assert.Contains(word, Detail(report, "certificate"), StringComparison.Ordinal);
        }

        Assert.Contains("write http://", Of(await FailedAsync(NewPlane(null), "--url", Url.Replace("http:", "https:", StringComparison.Ordinal)), "certificate", "failed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"service":"tracker","waiting":3,"parked":2,"dead":0,"oldestSeconds":1}]""", "[]", "failed", "plane outbox replay")]
    [InlineData("""[{"service":"tracker","waiting":0,"parked":0,"dead":1,"oldestSeconds":0}]""", "[]", "failed", "plane inbox list")]
    [InlineData("[]", """[{"consumer":"registry","queue":"registry_error","messages":4}]""", "failed", "plane dead-letters")]
    [InlineData("""[{"service":"tracker","waiting":9,"parked":0,"dead":0,"oldestSeconds":4000}]""", "[]", "warning", "Messaging:RabbitMq")]
    public async Task Events_that_nobody_will_deliver_are_told_with_the_command_that_repairs_them(string outbox, string letters, string state, string advice)
    {
        await using var plane = await StubServer.StartAsync(http =>
        {
            var answer = http.Request.Path.Value switch
            {
                "/version" => "3.11.1",
                "/api/v1/access/whoami" => """{"subject":"local","rules":[{"effect":"allow","verbs":["*"],"workspace":"*","kind":"*","name":"*"}]}""",
                "/readyz" => """{"status":"Degraded","checks":{"broker":{"status":"Degraded","reason":"The broker does not answer."},"serving":{"status":"Healthy"}}}""",
                "/api/v1/events/outbox" => outbox,
                "/api/v1/events/dead-letters" => letters,
                "/ui/about" => """{"version":"9.9.9"}""",
                _ => "{}",
            };
            return http.Response.WriteAsync(answer);
        });
        var run = await NewPlane(null).RunAsync("doctor", "--url", plane.Url, "--output", "json");
        var report = JsonElement.Parse(run.Output);
        Assert.Equal(state == "failed" ? 1 : 0, run.Status);
        Assert.Contains(advice, Of(report, "events", state), StringComparison.Ordinal);
        Assert.Contains("RabbitMQ", Of(report, "broker", "warning"), StringComparison.Ordinal);
        Assert.Contains("9.9.9", Detail(report, "version"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> FailedAsync(PlaneCli plane, params string[] arguments)
    {
        var run = await plane.RunAsync(["doctor", .. arguments, "--output", "json"]);
        Assert.True(run.Status == 1, $"{run.Status} {run.Errors}");
        var report = JsonElement.Parse(run.Output);
        Assert.False(report.GetProperty("ok").GetBoolean());
        return report;
    }

    /// <summary>The advice of a check that is in this state.</summary>
    private static string Of(JsonElement report, string check, string state)
    {
        var found = report.GetProperty("checks").EnumerateArray().Single(one => one.GetProperty("check").GetString() == check);
        Assert.True(found.GetProperty("state").GetString() == state, found.GetRawText());
        return found.GetProperty("advice").GetString()!;
    }

    private static string Detail(JsonElement report, string check) =>
        report.GetProperty("checks").EnumerateArray().Single(one => one.GetProperty("check").GetString() == check).GetProperty("detail").GetString()!;
}
