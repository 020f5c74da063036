using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Libs.Tests.Artifacts;

/// <summary>What the store keeps in a bucket is plain objects, which another client reads and writes as well.</summary>
public sealed class IndependentClientTests(S3Store fixture) : IClassFixture<S3Store>
{
    private const string Prefix = "some/prefix/";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ours/small.txt", 11)]
    [InlineData("ours/a b+c&d=e ü.bin", 1000)]
    [InlineData("ours/many-parts.bin", 17 * 1024 * 1024)]
    public async Task Another_client_reads_what_the_store_wrote(string path, int length)
    {
        var bytes = Bytes(length);
        await fixture.Store.WriteAsync(At(path), new MemoryStream(bytes), length, Ct);
        var file = Path.Combine(fixture.Folder.FullName, Path.GetRandomFileName());
        await Boto3.DownloadAsync(fixture.Server, Prefix + path, file);
        var read = await File.ReadAllBytesAsync(file, Ct);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Theory]
    [InlineData("theirs/small.txt", 11)]
    [InlineData("theirs/a b+c&d=e ü.bin", 1000)]
    [InlineData("theirs/many-parts.bin", 17 * 1024 * 1024)]
    public async Task The_store_reads_what_another_client_wrote(string path, int length)
    {
        var bytes = Bytes(length);
        var file = Path.Combine(fixture.Folder.FullName, Path.GetRandomFileName());
        await File.WriteAllBytesAsync(file, bytes, Ct);
        await Boto3.UploadAsync(fixture.Server, Prefix + path, file);
        await using var content = (await fixture.Store.OpenAsync(At(path), Ct))!;
        Assert.Equal(length, content.Length);
        await using var stream = await content.ReadAsync(Ct);
        var read = new MemoryStream();
        await stream.CopyToAsync(read, Ct);
        Assert.True(bytes.AsSpan().SequenceEqual(read.ToArray()));
        Assert.Contains(await fixture.Store.ListAsync(At("theirs"), Ct), entry => entry.Name == Path.GetFileName(path) && entry.Size == length);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static ArtifactPath At(string path) => ArtifactPath.TryParse(path, out var parsed) ? parsed : throw new ArgumentException("Not a plain path.", nameof(path));
}
