using System.IO.Pipelines;
using System.Net;
using System.Text;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Forwarding;

public sealed class GrpcTests : IAsyncLifetime
{
    private EdgeWorld world = null!;
    private HttpClient stranger = null!;

    public async ValueTask InitializeAsync()
    {
        world = await EdgeWorld.StartAsync(replicas: 1, "--Edge:GrpcUrl", "http://127.0.0.1:0");
        stranger = world.NewClient(key: null);
    }

    public ValueTask DisposeAsync()
    {
        stranger.Dispose();
        return world.DisposeAsync();
    }

    [Fact]
    public async Task A_call_passes_with_its_trailers_and_the_service_learns_who_calls()
    {
        using var response = await CallAsync("Ok", new ByteArrayContent(Encoding.ASCII.GetBytes("frame")), world.Admin);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("frame", await response.Content.ReadAsStringAsync());
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal("service:admin", response.Headers.GetValues("x-caller").Single());
    }

    [Fact]
    public async Task The_status_of_a_service_that_fails_in_its_trailers_reaches_the_client()
    {
        using var response = await CallAsync("Fail", new ByteArrayContent([1]), world.Admin);
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("5", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal("Fail", response.TrailingHeaders.GetValues("grpc-message").Single());
    }

    [Fact]
    public async Task Both_sides_of_a_stream_are_passed_on_while_the_other_is_open()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("zero"u8.ToArray());
        using var response = await CallAsync("Stream", new FlushedContent(pipe.Reader), world.Admin);
        await using var answer = await response.Content.ReadAsStreamAsync();
        Assert.Equal("zero", await ReadAsync(answer));
        foreach (var frame in (string[])["one", "two", "three"])
        {
            await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(frame));
            Assert.Equal(frame, await ReadAsync(answer));
            // Longer than a body may be silent elsewhere.
            if (Soak.IsOn && frame == "two")
                await Task.Delay(TimeSpan.FromSeconds(20));
        }

        await pipe.Writer.CompleteAsync();
        Assert.Equal("", await ReadAsync(answer));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_stream_ends_for_a_revoked_key()
    {
        var (client, key) = await world.ServiceAccountAsync($"s-{Guid.CreateVersion7():N}", "writer");
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("zero"u8.ToArray());
        using var response = await CallAsync("Stream", new FlushedContent(pipe.Reader), client);
        await using var answer = await response.Content.ReadAsStreamAsync();
        Assert.Equal("zero", await ReadAsync(answer));
        await EdgeWorld.SucceedAsync(await world.Admin.DeleteAsync($"/api/v1/access/keys/{key}"));
        await Assert.ThrowsAnyAsync<IOException>(() => answer.ReadAsync(new byte[8]).AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        await pipe.Writer.CompleteAsync();
    }

    [Fact]
    public async Task Without_a_key_and_without_a_replica_the_answer_is_a_gRPC_status()
    {
        using var refused = await CallAsync("Ok", new ByteArrayContent([1]), stranger);
        Assert.Equal((HttpStatusCode.OK, "16"), (refused.StatusCode, refused.Headers.GetValues("grpc-status").Single()));
        await world.StopReplicaAsync(StubModule.GrpcService, 0);
        using var gone = await CallAsync("Ok", new ByteArrayContent([1]), world.Admin);
        Assert.Equal((HttpStatusCode.OK, "14"), (gone.StatusCode, gone.Headers.GetValues("grpc-status").Single()));
    }

    private static async Task<string> ReadAsync(Stream from)
    {
        var buffer = new byte[16];
        return Encoding.ASCII.GetString(buffer, 0, await from.ReadAsync(buffer));
    }

    private async Task<HttpResponseMessage> CallAsync(string method, HttpContent content, HttpClient client)
    {
        content.Headers.ContentType = new("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.GrpcAddress, $"/inference.GRPCInferenceService/{method}"))
        {
            Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new("trailers"));
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Sends what is written at once, as clients of gRPC do.</summary>
    private sealed class FlushedContent(PipeReader from) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            while (await from.ReadAsync() is { } read && !(read.IsCompleted && read.Buffer.IsEmpty))
            {
                foreach (var part in read.Buffer)
                    await stream.WriteAsync(part);
                from.AdvanceTo(read.Buffer.End);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
