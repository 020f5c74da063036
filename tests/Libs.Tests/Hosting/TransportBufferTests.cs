using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Hosting.Transport;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Libs.Tests.Hosting;

public sealed class TransportBufferTests
{
    [Fact]
    public void What_was_given_back_last_is_rented_first()
    {
        using var buffers = new TransportBuffers(TimeProvider.System);
        using var pool = buffers.Create();
        var (one, other) = (pool.Rent(), pool.Rent());
        var (first, last) = (ArrayOf(one), ArrayOf(other));
        Assert.NotSame(first, last);
        one.Dispose();
        other.Dispose();
        Assert.Same(last, ArrayOf(pool.Rent()));
        Assert.Same(first, ArrayOf(pool.Rent(pool.MaxBufferSize)));
    }

    [Fact]
    public void A_block_that_is_given_back_twice_is_rented_once()
    {
        using var buffers = new TransportBuffers(TimeProvider.System);
        using var pool = buffers.Create();
        var block = pool.Rent();
        block.Dispose();
        block.Dispose();
        Assert.NotSame(ArrayOf(pool.Rent()), ArrayOf(pool.Rent()));
    }

    [Fact]
    public void More_than_a_block_holds_is_refused()
    {
        using var buffers = new TransportBuffers(TimeProvider.System);
        using var pool = buffers.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(pool.MaxBufferSize + 1));
    }

    [Fact]
    public void No_more_than_512_blocks_are_kept_for_the_next_burst()
    {
        using var buffers = new TransportBuffers(TimeProvider.System);
        using var pool = buffers.Create();
        var before = Enumerable.Range(0, 600).Select(_ => pool.Rent()).ToList();
        var arrays = before.Select(ArrayOf).ToHashSet();
        before.ForEach(block => block.Dispose());
        Assert.Equal(512, Enumerable.Range(0, 600).Count(_ => arrays.Contains(ArrayOf(pool.Rent()))));
    }

    [Fact]
    public void Blocks_that_nobody_needs_for_a_minute_are_given_up_and_those_in_use_are_not()
    {
        var clock = new TimerClock();
        using var buffers = new TransportBuffers(clock);
        using var pool = buffers.Create();
        var (used, idle) = (pool.Rent(), pool.Rent());
        var (ofUsed, ofIdle) = (ArrayOf(used), ArrayOf(idle));
        idle.Dispose();
        used.Dispose();
        clock.Tick();
        // One of the two is needed in the minute that follows.
        pool.Rent().Dispose();
        clock.Tick();
        Assert.Same(ofUsed, ArrayOf(pool.Rent()));
        Assert.NotSame(ofIdle, ArrayOf(pool.Rent()));
    }

    [Fact]
    public void What_comes_back_after_the_end_of_its_pool_is_nobody_s()
    {
        using var buffers = new TransportBuffers(TimeProvider.System);
        var pool = buffers.Create();
        var block = pool.Rent();
        pool.Dispose();
        block.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
    }

    [Fact]
    public async Task A_large_body_reaches_its_reader_in_pieces_of_more_than_the_web_server_s_own_blocks()
    {
        await using var host = PlaneHost.Build(CommandLine.Parse("--urls", "http://127.0.0.1:0"), new PlaneHostOptions("buffers", Embedded: false), new LargestPiece());
        await host.StartAsync();
#pragma warning disable RS0030 // Tests make their own clients.
        using var client = new HttpClient();
#pragma warning restore RS0030
        using var body = new ByteArrayContent(new byte[4 * 1024 * 1024]);
        using var answer = await client.PostAsync(host.Urls.First() + "/pieces", body);
        Assert.InRange(int.Parse(await answer.Content.ReadAsStringAsync(), System.Globalization.CultureInfo.InvariantCulture), 4097, 32 * 1024);
        await host.StopAsync();
    }

    private static byte[] ArrayOf(IMemoryOwner<byte> block) => MemoryMarshal.TryGetArray<byte>(block.Memory, out var array) ? array.Array! : [];

    /// <summary>Answers with the bytes of the largest piece of memory that its body came in.</summary>
    private sealed class LargestPiece : IPlaneModule
    {
        public string Name => "pieces";

        public bool HasApi => false;

        public void AddServices(WebApplicationBuilder builder, ModuleContext context)
        {
        }

        public void MapEndpoints(IEndpointRouteBuilder routes) =>
            routes.MapPost("/pieces", async (HttpContext http) =>
            {
                var largest = 0;
                while (true)
                {
                    var read = await http.Request.BodyReader.ReadAsync();
                    foreach (var piece in read.Buffer)
                        largest = Math.Max(largest, piece.Length);
                    http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        return largest;
                }
            }).WithName("pieces.Show").Requires(AccessPolicy.Anyone);
    }

    /// <summary>Its only timer fires when it is told to.</summary>
    private sealed class TimerClock : TimeProvider
    {
        private Action fire = () => { };

        public void Tick() => fire();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            fire = () => callback(state);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
