using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Faults;

public abstract class FuzzTests(PlaneFixture plane)
{
    private const int Seed = 20261123;

    [Fact]
    public async Task No_endpoint_answers_hostile_input_with_a_server_error()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var client = plane.NewClient(workspace);
        var random = new Random(Seed);
        var broken = new List<string>();
        var sent = 0;
        foreach (var (method, pattern) in Endpoints())
        {
            foreach (var (target, body) in Requests(method, pattern, random))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), target);
                if (body is not null)
                    request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bound.Token);
                sent++;
                if (response.StatusCode >= HttpStatusCode.InternalServerError && response.StatusCode != HttpStatusCode.NotImplemented
                    && !await IsNamedStateErrorAsync(response))
                    broken.Add($"{(int)response.StatusCode} {method} {target} {(body is null ? "" : System.Text.Encoding.Latin1.GetString(body))[..Math.Min(300, body?.Length ?? 0)]}");
            }
        }

        Assert.True(sent > 1000, $"only {sent} requests were sent");
        Assert.True(broken.Count == 0, string.Join('\n', broken.Take(20)));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_before_it_is_read()
    {
        using var client = plane.NewClient(PlaneFixture.FreshWorkspace());
        using var content = new ByteArrayContent(new byte[(48 * 1024 * 1024) + 1]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var response = await client.PostAsync("/api/2.0/mlflow/experiments/create", content);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
        catch (HttpRequestException cut)
        {
            // The server may close the connection while the client still sends.
            Assert.IsAssignableFrom<IOException>(cut.InnerException);
        }
    }

    /// <summary>MLflow answers some wrong states with 500 INVALID_STATE, and its clients expect it; a failure of ours is INTERNAL_ERROR.</summary>
    internal static async Task<bool> IsNamedStateErrorAsync(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
            return false;
        var body = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        return body.TryGetProperty("error_code", out var code) && code.GetString() == "INVALID_STATE";
    }

    private static IEnumerable<(string Target, byte[]? Body)> Requests(string method, RoutePattern pattern, Random random)
    {
        var target = Fill(pattern, random);
        var seed = random.Next();
        foreach (var query in HostileInputs.Queries(seed))
            yield return (target + query, null);
        if (method == "GET")
            yield break;
        foreach (var body in HostileInputs.Bodies(seed))
            yield return (Fill(pattern, random), body);
    }

    private static string Fill(RoutePattern pattern, Random random) => "/" + string.Join('/', pattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : HostileInputs.Segment(random)))));

    private List<(string Method, RoutePattern Pattern)> Endpoints() =>
    [
        .. plane.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.Contains("/stream", StringComparison.Ordinal) != true)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (method, endpoint.RoutePattern)))
            .Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("/ajax-api", StringComparison.Ordinal)),
    ];
}

public sealed class FuzzOnSqlite(AllInOneOnSqlite plane) : FuzzTests(plane);

public sealed class FuzzOnPostgres(AllInOneOnPostgres plane) : FuzzTests(plane);
