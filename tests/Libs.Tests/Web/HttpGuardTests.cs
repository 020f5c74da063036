using System.Net;
using System.Net.Sockets;
using System.Text;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Libs.Tests.Web;

public sealed class HttpGuardTests(AllInOneOnSqlite plane)
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("10.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("172.32.0.1")]
    [InlineData("8.8.8.8")]
    public async Task A_host_header_that_is_not_ours_is_refused(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = host } };
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("Invalid Host header - possible DNS rebinding attack detected", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("localhost:1")]
    [InlineData("[::1]:8080")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1:5000")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.1")]
    [InlineData("192.168.1.1:8080")]
    [InlineData("[fd00::1]:5000")]
    public async Task A_name_of_this_machine_and_a_private_address_are_ours(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = host } };
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Health_answers_whatever_the_host_header_says()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = "probe.internal" } };
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal("OK", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/version")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/")]
    public async Task A_load_balancer_may_ask_with_HEAD(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:3000", HttpStatusCode.OK)]
    public async Task A_state_changing_call_from_a_foreign_page_is_refused(string origin, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/events/outbox/replay");
        request.Headers.Add("Origin", origin);
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("/w/team-a/../team-b/version")]
    [InlineData("/w/team-a/%2e%2e/team-b/version")]
    [InlineData("/api/2.0/mlflow/../../../etc/passwd")]
    public async Task A_path_that_climbs_is_judged_as_it_came(string target)
    {
        Assert.StartsWith("HTTP/1.1 400", await SendRawAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//version", "HTTP/1.1 200")]
    [InlineData("///w/team-a//version", "HTTP/1.1 200")]
    [InlineData("/w/team-a//model-versions/get-artifact?path=../x", "HTTP/1.1 400")]
    [InlineData("/w/team-a/api//version", "HTTP/1.1 404")]
    [InlineData("//model-versions/get-artifact?path=../x", "HTTP/1.1 400")]
    [InlineData("//../version", "HTTP/1.1 400")]
    public async Task Slashes_that_a_client_doubled_at_the_start_or_after_the_workspace_count_once(string target, string expected)
    {
        Assert.StartsWith(expected, await SendRawAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_and_a_base_path_that_disagree_on_the_workspace_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/w/team-a/version");
        request.Headers.Add("X-MLFLOW-WORKSPACE", "team-b");
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_question_whether_there_are_workspaces_is_answered_whatever_the_header_says()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/3.0/mlflow/server-info");
        request.Headers.Add("X-MLFLOW-WORKSPACE", "Not A Name");
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/w/team-a/api/2.0/mlflow/../x", "Invalid path")]
    [InlineData("/w/Team/api/2.0/mlflow/experiments/search", "Workspace name 'Team' must match the pattern")]
    [InlineData("/w/team-b/api/2.0/mlflow/experiments/search", "must agree.")]
    public async Task A_refusal_before_routing_has_the_shape_of_the_protocol_behind_the_workspace(string target, string message)
    {
        var answer = await SendRawAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nX-MLFLOW-WORKSPACE: team-a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("""{"error_code":"INVALID_PARAMETER_VALUE","message":""", answer, StringComparison.Ordinal);
        Assert.Contains(message, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "Workspace name 'a' must be between 2 and 63 characters.")]
    [InlineData("Team", "must match the pattern")]
    [InlineData("api", "Workspace name 'api' is reserved and cannot be used.")]
    public async Task A_workspace_name_that_breaks_a_rule_is_named_with_the_rule(string name, string message)
    {
        using var response = await plane.Client.GetAsync($"/w/{name}/version");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_prometheus_text_with_types()
    {
        var text = "";
        // A request counts some time after it was answered.
        await Until.TrueAsync(async () =>
        {
            text = await plane.Client.GetStringAsync("/metrics");
            return text.Contains("http_server_request_duration_seconds_bucket{", StringComparison.Ordinal);
        });
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_is_ready_when_its_databases_answer_at_the_schema_it_needs()
    {
        using var response = await plane.Client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("tracker-database", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(plane.Address.Host, plane.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
