using System.Net;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Libs.Tests.Artifacts;

public sealed class DirectTransferTests(S3Store fixture) : IClassFixture<S3Store>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_that_a_client_puts_to_the_bucket_become_one_file_that_it_reads_from_the_bucket()
    {
        Assert.True(ArtifactPath.TryParse("direct/file.bin", out var file));
        var direct = fixture.Store.Direct!;
        var upload = await direct.BeginAsync(file, 2, Ct);
        Assert.Equal(2, upload.PartUrls.Count);
        byte[][] bodies = [new byte[5 * 1024 * 1024], [1, 2, 3]];
        using var http = NewClient();
        var parts = new List<UploadedPart>();
        for (var i = 0; i < bodies.Length; i++)
        {
            using var put = await http.PutAsync(upload.PartUrls[i], new ByteArrayContent(bodies[i]), Ct);
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
            parts.Add(new UploadedPart(i + 1, put.Headers.ETag!.Tag));
        }

        Assert.Null(await fixture.Store.OpenAsync(file, Ct));
        await direct.CompleteAsync(file, upload.UploadId, parts, Ct);
        var download = (await direct.DownloadAsync(file, Ct))!;
        Assert.Equal(bodies.Sum(body => body.Length), download.Size);
        var read = await http.GetByteArrayAsync(download.Url, Ct);
        Assert.Equal(download.Size, read.Length);
        Assert.Equal([1, 2, 3], read[^3..]);
    }

    [Fact]
    public async Task There_is_no_address_for_a_file_that_is_not_there()
    {
        Assert.True(ArtifactPath.TryParse("direct/none", out var file));
        Assert.Null(await fixture.Store.Direct!.DownloadAsync(file, Ct));
    }

    [Fact]
    public async Task A_bucket_that_went_away_is_a_503_and_not_ready()
    {
        await using var gone = new S3Store();
        await gone.InitializeAsync();
        gone.Server.Dispose();
        Assert.True(ArtifactPath.TryParse("a", out var file));
        var away = await Assert.ThrowsAsync<PlaneException>(() => gone.Store.OpenAsync(file, Ct));
        Assert.Equal((503, "TEMPORARILY_UNAVAILABLE"), (away.Error.Status, away.Error.Code));
        Assert.NotNull(await gone.Store.CheckAsync(Ct));
    }

    private static HttpClient NewClient()
    {
#pragma warning disable RS0030 // Plain requests to the bucket, as a client would make them.
        return new HttpClient();
#pragma warning restore RS0030
    }
}
