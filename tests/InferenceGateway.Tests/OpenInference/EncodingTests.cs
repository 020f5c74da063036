using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.Batching;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;
using MlopsPlane.InferenceGateway.Tests.Serving;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference;

public sealed class EncodingTests(NarrowGrpcPlane narrow) : IClassFixture<NarrowGrpcPlane>, IDisposable
{
    private const string Request = """{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.5,-2]}]}""";
    private readonly ServingWorld world = new(narrow);

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_compressed_request_is_read(string encoding)
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        using var answer = await SendAsync(name, encoding, Compressed(encoding, Encoding.UTF8.GetBytes(Request)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("[1.5,-2]", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // With tensors behind it, whose header counts what was compressed.
        var json = Encoding.UTF8.GetBytes("""{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""");
        using var binary = await SendAsync(name, encoding, Compressed(encoding, [.. json, .. LoadedModel.Bytes(7f, 8f)]), header: json.Length);
        Assert.Contains("[7,8]", await binary.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_body_of_that_form_or_grows_too_large_is_refused_and_the_next_request_is_answered()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        await RefusedAsync(name, "br", Encoding.UTF8.GetBytes(Request), HttpStatusCode.UnsupportedMediaType, "Content-Encoding", "'br'");
        await RefusedAsync(name, "gzip, gzip", Encoding.UTF8.GetBytes(Request), HttpStatusCode.UnsupportedMediaType, "Content-Encoding");
        await RefusedAsync(name, "gzip", Encoding.UTF8.GetBytes(Request), HttpStatusCode.BadRequest, "gzip");
        await RefusedAsync(name, "gzip", Compressed("gzip", new byte[1 << 20]), HttpStatusCode.RequestEntityTooLarge, "65536", "decompressed");
        using var good = await SendAsync(name, "gzip", Compressed("gzip", Encoding.UTF8.GetBytes(Request)));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Theory]
    [InlineData("gzip", 2000, "gzip")]
    [InlineData("deflate", 2000, "deflate")]
    [InlineData("deflate;q=0.5, gzip;q=0", 2000, "deflate")]
    [InlineData("gzip", 2, null)]
    [InlineData("br", 2000, null)]
    [InlineData(null, 2000, null)]
    public async Task A_large_answer_is_compressed_when_the_client_asks(string? asked, int rows, string? given)
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{name}/infer")
        {
            Content = System.Net.Http.Json.JsonContent.Create(ServingWorld.Floats("x", [rows, 2], [.. Enumerable.Range(0, rows * 2).Select(i => i % 10f)])),
        };
        if (asked is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", asked);
        using var answer = await world.Http.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(given, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        using var stream = given switch
        {
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            "deflate" => new ZLibStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => (Stream)new MemoryStream(body),
        };
        using var json = await JsonDocument.ParseAsync(stream);
        Assert.Equal(rows * 2, json.RootElement.GetProperty("outputs")[0].GetProperty("data").GetArrayLength());
        Assert.True(given is null || body.Length < rows);
    }

    private async Task RefusedAsync(string name, string encoding, byte[] body, HttpStatusCode status, params string[] said)
    {
        using var answer = await SendAsync(name, encoding, body);
        var error = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("error").GetString()!;
        Assert.Equal(status, answer.StatusCode);
        Assert.All(said, part => Assert.Contains(part, error, StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> SendAsync(string name, string encoding, byte[] body, int? header = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        if (header is { } length)
            content.Headers.Add("Inference-Header-Content-Length", $"{length}");
        return await world.Http.PostAsync($"/v2/models/{name}/infer", content);
    }

    private static byte[] Compressed(string encoding, byte[] body)
    {
        using var to = new MemoryStream();
        using (Stream stream = encoding == "deflate" ? new ZLibStream(to, CompressionLevel.Fastest) : new GZipStream(to, CompressionLevel.Fastest))
            stream.Write(body);
        return to.ToArray();
    }

    public void Dispose() => world.Dispose();
}
