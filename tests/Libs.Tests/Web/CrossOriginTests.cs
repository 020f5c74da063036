using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Web.Guards;

namespace MlopsPlane.Libs.Tests.Web;

/// <summary>What a browser lets a page of another origin do, as the answers tell it.</summary>
public sealed class CrossOriginTests(AllInOneOnSqlite plane)
{
    private const string Search = "/api/2.0/mlflow/experiments/search";

    [Theory]
    [InlineData("http://localhost:3000")]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://[::1]:8080")]
    public async Task A_page_of_this_machine_reads_answers_and_errors(string origin)
    {
        foreach (var (path, status) in new[] { (Search + "?max_results=1", HttpStatusCode.OK), ("/api/2.0/mlflow/runs/get", HttpStatusCode.BadRequest) })
        {
            using var response = await SendAsync(HttpMethod.Get, path, origin);
            Assert.Equal(status, response.StatusCode);
            Assert.Equal(origin, Header(response, "Access-Control-Allow-Origin"));
            Assert.Equal("true", Header(response, "Access-Control-Allow-Credentials"));
            Assert.Equal("Origin", Header(response, "Vary"));
            Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        }
    }

    [Fact]
    public async Task A_foreign_page_is_not_told_that_it_may_read()
    {
        using var response = await SendAsync(HttpMethod.Get, Search + "?max_results=1", "http://evil.example");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_question_before_a_call_is_answered_with_what_is_allowed()
    {
        using var response = await SendAsync(HttpMethod.Options, Search, "http://localhost:3000", "x-mlflow-workspace,content-type");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("http://localhost:3000", Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("GET, POST, PUT, DELETE, OPTIONS, PATCH", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal("x-mlflow-workspace,content-type", Header(response, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task A_question_from_a_foreign_page_is_refused()
    {
        using var response = await SendAsync(HttpMethod.Options, Search, "http://evil.example", "content-type");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("Disallowed CORS origin", await response.Content.ReadAsStringAsync());
        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("*", "http://any.example", 200)]
    [InlineData("http://*.example.com", "http://sub.app.example.com", 200)]
    [InlineData("http://*.example.com", "http://evil.example", 403)]
    [InlineData("https://app.example.com", "https://app.example.com", 200)]
    [InlineData("https://app.example.com", "http://app.example.com", 403)]
    public async Task An_origin_that_is_configured_may_change_state(string allowed, string origin, int expected)
    {
        var http = new DefaultHttpContext { Request = { Method = "POST", Host = new HostString("localhost"), Path = Search } };
        http.Request.Headers.Origin = origin;
        await Guard(new GuardOptions { AllowedOrigins = { allowed } }).InvokeAsync(http);
        Assert.Equal(expected, http.Response.StatusCode);
    }

    [Theory]
    [InlineData("*", "any.example", 200)]
    [InlineData("*.example.com", "sub.app.example.com", 200)]
    [InlineData("*.example.com", "evil.example", 403)]
    [InlineData("app.example:8080", "app.example:8080", 200)]
    [InlineData("app.example:8080", "app.example:8081", 403)]
    [InlineData("app.example", "app.example:8081", 200)]
    public async Task A_host_that_is_configured_is_ours(string allowed, string host, int expected)
    {
        var http = new DefaultHttpContext { Request = { Method = "GET", Host = new HostString(host), Path = Search } };
        await Guard(new GuardOptions { AllowedHosts = { allowed } }).InvokeAsync(http);
        Assert.Equal(expected, http.Response.StatusCode);
    }

    private static HostGuard Guard(GuardOptions options) => new(_ => Task.CompletedTask, Options.Create(options));

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string origin, string? askedHeaders = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        if (askedHeaders is not null)
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", askedHeaders);
        }

        return await plane.Client.SendAsync(request);
    }
}
