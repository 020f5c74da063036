using Microsoft.AspNetCore.Http;
using MlopsPlane.Cli.Tests.World;

namespace MlopsPlane.Cli.Tests.Client;

public sealed class ErrorTests : IDisposable
{
    private readonly PlaneCli plane = new();

    [Theory]
    [InlineData(400, """{"code":"invalid_x","detail":"'x' must be 1."}""", 1, "plane: 'x' must be 1 (invalid_x)")]
    [InlineData(400, """{"error_code":"INVALID_PARAMETER_VALUE","message":"bad"}""", 1, "plane: bad (INVALID_PARAMETER_VALUE)")]
    [InlineData(400, """{"error":{"code":"no_model","message":"gone"}}""", 1, "plane: gone (no_model)")]
    [InlineData(401, """{"code":"unauthenticated","detail":"A key is required."}""", 4, "(unauthenticated)")]
    [InlineData(403, """{"error_code":"PERMISSION_DENIED","message":"no"}""", 4, "(PERMISSION_DENIED)")]
    [InlineData(503, """{"code":"down","detail":"The database does not answer."}""", 3, "(down)")]
    [InlineData(502, "<html>Bad gateway</html>", 3, "plane: The server answered 502 Bad Gateway (http_502)")]
    [InlineData(200, "<html>Hello</html>", 1, "does not answer as a plane does")]
    public async Task A_refusal_in_any_shape_is_one_line_with_its_code_and_status(int status, string body, int exit, string line)
    {
        await using var server = await StubServer.SayingAsync(status, body);
        var run = await plane.RunAsync("outbox", "depth", "--url", server.Url);
        Assert.Equal((exit, ""), (run.Status, run.Output));
        Assert.Contains(line, run.Errors.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left_after_the_timeout()
    {
        await using var server = await StubServer.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        var run = await plane.RunAsync("outbox", "depth", "--url", server.Url, "--timeout", "0.3");
        Assert.Equal(3, run.Status);
        Assert.Contains("did not answer within 0.3 s (timeout)", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_left_after_the_timeout_too()
    {
        await using var server = await StubServer.StartAsync(async http =>
        {
            await http.Response.WriteAsync("[");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        Assert.Equal(3, (await plane.RunAsync("outbox", "depth", "--url", server.Url, "--timeout", "0.3")).Status);
    }

    [Fact]
    public async Task A_limited_request_is_repeated_when_the_server_says_so()
    {
        var first = true;
        await using var server = await StubServer.StartAsync(http =>
        {
            (http.Response.StatusCode, first) = (first ? 429 : 200, false);
            http.Response.Headers.RetryAfter = "1";
            return http.Response.WriteAsync("[]");
        });
        Assert.Equal(0, (await plane.RunAsync("outbox", "depth", "--url", server.Url)).Status);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task A_redirection_is_told_and_not_followed()
    {
        await using var other = await StubServer.SayingAsync(200, "[]");
        await using var server = await StubServer.StartAsync(http =>
        {
            http.Response.Redirect(other.Url + "/elsewhere");
            return Task.CompletedTask;
        });
        var run = await plane.RunAsync("outbox", "depth", "--url", server.Url);
        Assert.Equal(1, run.Status);
        Assert.Contains("(redirected)", run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, other.Requests);
    }

    [Fact]
    public async Task A_tail_that_breaks_before_the_run_ends_is_an_error()
    {
        await using var server = await StubServer.SayingAsync(200, "event: status\ndata: {\"kind\":\"status\",\"status\":\"RUNNING\"}\n\n", "text/event-stream");
        var run = await plane.RunAsync("runs", "tail", "r", "--url", server.Url);
        Assert.Equal(3, run.Status);
        Assert.Contains("(stream_broken)", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_read_to_their_end_and_a_server_that_goes_round_in_circles_is_left()
    {
        await using var server = await StubServer.StartAsync(http => http.Response.WriteAsync(http.Request.Query["pageToken"].ToString() switch
        {
            "" => """{"members":[{"subject":"user:a"}],"nextPageToken":"x"}""",
            _ => """{"members":[{"subject":"user:b"}],"nextPageToken":"x"}""",
        }));
        var all = await plane.JsonAsync("members", "list", "--all", "--url", server.Url);
        Assert.Equal(["user:a", "user:b"], all.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("subject").GetString()));
        Assert.Equal(2, server.Requests);
    }

    public void Dispose() => plane.Dispose();
}
