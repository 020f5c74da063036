using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.Tests.ModelStore;
using MlopsPlane.InferenceGateway.Tests.Scoring;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.External;

public sealed class ExternalFaultTests(AllInOneOnSqlite plane) : IDisposable
{
    private static readonly object Row = ServingWorld.Floats("x", [1, 2], 1, 2);
    private readonly ServingWorld world = new(plane);

    [Theory]
    [InlineData("http://169.254.169.254/latest", "169.254.169.254")]
    [InlineData("http://10.0.0.1:8000", "10.0.0.1")]
    [InlineData("http://[::ffff:10.0.0.1]", "10.0.0.1")]
    [InlineData("http://0xa000001/", "10.0.0.1")]
    [InlineData("file:///etc/passwd", "http or https")]
    [InlineData("gopher://a.example.com", "http or https")]
    public async Task An_address_that_must_not_be_reached_is_refused_when_it_is_named(string url, string said)
    {
        var spec = new { name = "x", variants = new[] { External(url) } };
        await world.Deployments.RefusedAsync(HttpMethod.Post, "", spec, HttpStatusCode.BadRequest, "invalid_spec", said);
        await world.Deployments.RefusedAsync(HttpMethod.Post, "", spec, HttpStatusCode.BadRequest, "invalid_spec", "'variants[0].url'");
    }

    [Fact]
    public async Task A_name_of_this_network_is_refused_when_it_is_connected_to()
    {
        var host = Dns.GetHostName();
        if ((await Dns.GetHostAddressesAsync(host)).All(address => IPAddress.IsLoopback(address)))
            Assert.Skip($"{host} is this machine by loopback only.");
        var name = await CreateAsync($"http://{host}:1/");
        Assert.Contains("which is not a public address", await FailureAsync(name), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"error":"bad shape"}""", HttpStatusCode.BadRequest, "says 400: bad shape")]
    [InlineData(422, """{"error":{"message":"too long"}}""", HttpStatusCode.UnprocessableEntity, "says 422: too long")]
    [InlineData(401, "who are you", HttpStatusCode.BadGateway, "says 401: who are you")]
    [InlineData(302, "", HttpStatusCode.BadGateway, "says 302")]
    [InlineData(500, "oops", HttpStatusCode.ServiceUnavailable, "says 500: oops")]
    [InlineData(200, "hello", HttpStatusCode.BadGateway, "not of the inference protocol")]
    [InlineData(200, """{"outputs":[]}""", HttpStatusCode.BadGateway, "no output 'y'")]
    [InlineData(200, """{"outputs":[{"name":"y","datatype":"FP64","shape":[1,2],"data":[1,2]}]}""", HttpStatusCode.BadGateway, "is no FP32")]
    [InlineData(200, """{"outputs":[{"name":"y","datatype":"FP32","shape":[1,3],"data":[1,2]}]}""", HttpStatusCode.BadGateway, "elements of its shape")]
    [InlineData(200, """{"outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}""", HttpStatusCode.BadGateway, "ends before")]
    [InlineData(200, """{"outputs":[{"name":"y","datatype":"FP32","shape":[1099511627776,0],"data":[]}]}""", HttpStatusCode.BadGateway, "no elements")]
    [InlineData(200, """{"outputs":[{"name":null,"datatype":"FP32","shape":[1,2],"data":[1,2]}]}""", HttpStatusCode.BadGateway, "not of the inference protocol")]
    public async Task What_the_other_server_answers_is_told_as_its_own(int status, string body, HttpStatusCode expected, string said)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Infer = http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "http://169.254.169.254/";
            return http.Response.WriteAsync(body);
        };
        var name = await CreateAsync(server.Url);
        await world.ReadyAsync(name);
        await world.RefusedAsync(name, Row, expected, "external server of the variant 'there'", said);
        server.Infer = http => http.Response.WriteAsync("""{"outputs":[{"name":"z","datatype":"FP32","shape":[1],"data":[0]},{"name":"y","datatype":"FP32","shape":[1,2],"data":[[3,null]]}]}""");
        Assert.Equal("[3,null]", (await world.InferAsync(name, Row)).GetProperty("outputs")[0].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task A_slow_server_meets_the_timeout_of_the_deployment()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Infer = http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        var name = await CreateAsync(server.Url, new { timeoutMs = 200 });
        await world.ReadyAsync(name);
        var began = TimeProvider.System.GetTimestamp();
        await world.RefusedAsync(name, Row, HttpStatusCode.ServiceUnavailable, "'there'", "nothing came within ");
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read()
    {
        await using var small = await PlaneWith.StartAsync(("Serving:MaxBodyBytes", "4096"));
        using var own = new ServingWorld(small);
        await using var server = await ScriptedServer.StartAsync();
        var name = await CreateAsync(server.Url, inWorld: own);
        await own.ReadyAsync(name);
        foreach (var announced in new long?[] { 5000, null })
        {
            server.Infer = async http =>
            {
                http.Response.ContentLength = announced;
                await http.Response.WriteAsync(new string(' ', 5000));
            };
            await own.RefusedAsync(name, Row, HttpStatusCode.BadGateway, "more than 4096 bytes");
        }
    }

    [Fact]
    public async Task A_model_with_a_datatype_that_nobody_knows_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.About = http => http.Response.WriteAsync("""{"inputs":[{"name":"x","datatype":"FP8","shape":[1]}],"outputs":[{"name":"y","datatype":"FP32","shape":[1]}]}""");
        Assert.Contains("'FP8'", await FailureAsync(await CreateAsync(server.Url)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_OpenAIs_protocol_is_ready_and_takes_no_tensors()
    {
        await using var server = await ScriptedServer.StartAsync();
        var name = await CreateAsync(server.Url, protocol: "openai");
        await world.ReadyAsync(name);
        await world.RefusedAsync(name, Row, HttpStatusCode.NotImplemented, "'there'", "OpenAI");
        await world.NotPredictedAsync(name, """{"inputs":[[1,2]]}""", HttpStatusCode.NotImplemented, "NOT_IMPLEMENTED", "application/json", "'there'");
        server.About = http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        Assert.Contains("says 404", await FailureAsync(await CreateAsync(server.Url, protocol: "openai")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_a_host_is_sent_to_it()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "Bearer s3cret\n", new UTF8Encoding(false));
        await using var keyed = await PlaneWith.StartAsync(("Serving:ExternalKeys:127.0.0.1", file));
        using var own = new ServingWorld(keyed);
        await using var server = await ScriptedServer.StartAsync();
        var name = await CreateAsync(server.Url, inWorld: own);
        await own.ReadyAsync(name);
        Assert.Equal("Bearer s3cret", server.Authorization);
        await own.InferAsync(name, Row);
        Assert.Equal("Bearer s3cret", server.Authorization);
        File.Delete(file);
    }

    private static object External(string url, string protocol = "oip") => new { name = "there", runtime = "external", protocol, url, externalModel = "m" };

    private async Task<string> CreateAsync(string url, object? batching = null, string protocol = "oip", ServingWorld? inWorld = null)
    {
        var name = $"m-{Guid.CreateVersion7():N}";
        var spec = JsonSerializer.SerializeToNode(new { name, pool = "default", variants = new[] { External(url, protocol) } })!.AsObject();
        if (batching is not null)
            spec["batching"] = JsonSerializer.SerializeToNode(batching);
        await (inWorld ?? world).Deployments.CreateAsync(spec);
        return name;
    }

    /// <summary>Why a variant is not served.</summary>
    private async Task<string> FailureAsync(string name)
    {
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("phase").GetString() == "Failed");
        return (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("replicas")[0].GetProperty("reason").GetString()!;
    }

    public void Dispose() => world.Dispose();
}
