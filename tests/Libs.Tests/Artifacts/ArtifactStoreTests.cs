using System.Text;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Libs.Tests.Artifacts;

public sealed class ArtifactsInAFolder(LocalStore store) : ArtifactStoreTests(store), IClassFixture<LocalStore>;

public sealed class ArtifactsInABucket(S3Store store) : ArtifactStoreTests(store), IClassFixture<S3Store>;

/// <summary>What every store does, whatever lies under it.</summary>
public abstract class ArtifactStoreTests(StoreFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IArtifactStore Store => fixture.Store;

    [Fact]
    public async Task What_was_written_is_read_back_whole_and_in_part()
    {
        var file = At("read/me.txt");
        await Store.WriteAsync(file, Text("hello world"), null, Ct);
        await using var content = (await Store.OpenAsync(file, Ct))!;
        Assert.Equal(11, content.Length);
        Assert.NotEmpty(content.Version);
        Assert.InRange(content.LastModified, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue);
        Assert.Equal("hello world", await ReadAsync(content, 0, 11));
        Assert.Equal("lo wo", await ReadAsync(content, 3, 5));
    }

    [Fact]
    public async Task A_second_write_replaces_the_first_and_its_version_differs()
    {
        var file = At("again.txt");
        await Store.WriteAsync(file, Text("one"), 3, Ct);
        await using var before = (await Store.OpenAsync(file, Ct))!;
        await Store.WriteAsync(file, Text("three"), 5, Ct);
        await using var after = (await Store.OpenAsync(file, Ct))!;
        Assert.Equal("three", await ReadAsync(after, 0, after.Length));
        Assert.NotEqual(before.Version, after.Version);
    }

    [Fact]
    public async Task A_folder_lists_its_direct_content_in_byte_order_and_a_file_lists_nothing()
    {
        foreach (var name in new[] { "b.txt", "a/x.txt", "a/y/z.txt", "B.txt", "ä.txt" })
            await Store.WriteAsync(At($"listed/{name}"), Text(name), null, Ct);
        Assert.Equal(
            [("B.txt", 5L), ("a", null), ("b.txt", 5L), ("ä.txt", 6L)],
            (await Store.ListAsync(At("listed"), Ct)).Select(entry => (entry.Name, entry.Size)));
        Assert.Equal(["x.txt", "y"], (await Store.ListAsync(At("listed/a"), Ct)).Select(entry => entry.Name));
        Assert.Empty(await Store.ListAsync(At("listed/b.txt"), Ct));
        Assert.Empty(await Store.ListAsync(At("nowhere"), Ct));
        Assert.Contains(await Store.ListAsync(ArtifactPath.Root, Ct), entry => entry.Name == "listed" && entry.IsFolder);
    }

    [Fact]
    public async Task Deleting_a_folder_takes_all_below_it_and_nothing_beside_it()
    {
        foreach (var name in new[] { "gone/1", "gone/deep/2", "gone-not/3", "gone.txt" })
            await Store.WriteAsync(At(name), Text("x"), 1, Ct);
        await Store.DeleteAsync(At("gone"), Ct);
        Assert.Null(await Store.OpenAsync(At("gone/1"), Ct));
        Assert.Null(await Store.OpenAsync(At("gone/deep/2"), Ct));
        Assert.Empty(await Store.ListAsync(At("gone"), Ct));
        await using var beside = await Store.OpenAsync(At("gone-not/3"), Ct);
        await using var alike = await Store.OpenAsync(At("gone.txt"), Ct);
        Assert.NotNull(beside);
        Assert.NotNull(alike);
        await Store.DeleteAsync(At("gone"), Ct);
    }

    [Fact]
    public async Task Moving_a_folder_takes_all_below_it_and_what_a_broken_move_left()
    {
        foreach (var name in new[] { "old/1", "old/deep/2", "old-not/3" })
            await Store.WriteAsync(At(name), Text(name), null, Ct);
        await Store.MoveAsync(At("old"), At("somewhere/new"), Ct);
        await Store.WriteAsync(At("old/deep/4"), Text("old/deep/4"), null, Ct);
        await Store.MoveAsync(At("old"), At("somewhere/new"), Ct);
        await Store.MoveAsync(At("old"), At("somewhere/new"), Ct);
        Assert.Empty(await Store.ListAsync(At("old"), Ct));
        Assert.Equal([("1", (long?)5), ("deep", null)], (await Store.ListAsync(At("somewhere/new"), Ct)).Select(entry => (entry.Name, entry.Size)));
        await using var moved = (await Store.OpenAsync(At("somewhere/new/deep/2"), Ct))!;
        Assert.Equal("old/deep/2", await ReadAsync(moved, 0, moved.Length));
        Assert.Equal(["2", "4"], (await Store.ListAsync(At("somewhere/new/deep"), Ct)).Select(entry => entry.Name));
        await using var beside = await Store.OpenAsync(At("old-not/3"), Ct);
        Assert.NotNull(beside);
    }

    [Fact]
    public async Task Deleting_a_file_takes_that_file_only()
    {
        await Store.WriteAsync(At("one/a"), Text("x"), 1, Ct);
        await Store.WriteAsync(At("one/ab"), Text("x"), 1, Ct);
        await Store.DeleteAsync(At("one/a"), Ct);
        Assert.Equal(["ab"], (await Store.ListAsync(At("one"), Ct)).Select(entry => entry.Name));
    }

    [Fact]
    public async Task There_is_no_file_where_nothing_or_a_folder_is()
    {
        await Store.WriteAsync(At("dir/file"), Text("x"), 1, Ct);
        Assert.Null(await Store.OpenAsync(At("dir"), Ct));
        Assert.Null(await Store.OpenAsync(At("dir/file/below"), Ct));
        Assert.Null(await Store.OpenAsync(At("dir/other"), Ct));
        Assert.Null(await Store.OpenAsync(ArtifactPath.Root, Ct));
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        await Store.WriteAsync(At("empty/file"), Text(""), 0, Ct);
        await using var content = (await Store.OpenAsync(At("empty/file"), Ct))!;
        Assert.Equal(0, content.Length);
        Assert.Equal([("file", (long?)0)], (await Store.ListAsync(At("empty"), Ct)).Select(entry => (entry.Name, entry.Size)));
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_what_was_there_before()
    {
        var file = At("broken/file.bin");
        await Assert.ThrowsAsync<IOException>(() => Store.WriteAsync(file, new BreakingStream(20_000_000), null, Ct));
        Assert.Null(await Store.OpenAsync(file, Ct));
        await Store.WriteAsync(file, Text("before"), null, Ct);
        await Assert.ThrowsAsync<IOException>(() => Store.WriteAsync(file, new BreakingStream(1_000), null, Ct));
        await using var content = (await Store.OpenAsync(file, Ct))!;
        Assert.Equal("before", await ReadAsync(content, 0, content.Length));
        Assert.Equal(["file.bin"], (await Store.ListAsync(At("broken"), Ct)).Select(entry => entry.Name));
    }

    [Fact]
    public async Task A_file_of_many_parts_arrives_byte_for_byte()
    {
        var bytes = new byte[20 * 1024 * 1024 + 3];
        new Random(7).NextBytes(bytes);
        await Store.WriteAsync(At("large.bin"), new MemoryStream(bytes), bytes.Length, Ct);
        await using var content = (await Store.OpenAsync(At("large.bin"), Ct))!;
        Assert.Equal(bytes.Length, content.Length);
        await using var stream = await content.ReadAsync(Ct);
        var read = new MemoryStream();
        await stream.CopyToAsync(read, Ct);
        Assert.True(bytes.AsSpan().SequenceEqual(read.ToArray()));
        Assert.Equal(bytes[^5..], await BytesAsync(content, bytes.Length - 5, 5));
    }

    [Fact]
    public async Task Odd_names_stay_as_they_are()
    {
        foreach (var name in new[] { "a b+c&d=e.txt", "100%.txt", "dog%step.png", "größe\ud83d\ude00.txt", "quote'\"?*.txt", "-rf" })
        {
            Assert.True(ArtifactPath.TryParse(Uri.EscapeDataString($"odd/{name}"), out var path));
            await Store.WriteAsync(path, Text(name), null, Ct);
            await using var content = (await Store.OpenAsync(path, Ct))!;
            Assert.Equal(name, await ReadAsync(content, 0, content.Length));
            Assert.Contains(await Store.ListAsync(At("odd"), Ct), entry => entry.Name == name);
        }
    }

    [Fact]
    public async Task The_root_is_no_file() =>
        Assert.Equal(400, (await Assert.ThrowsAsync<PlaneException>(() => Store.WriteAsync(ArtifactPath.Root, Text("x"), 1, Ct))).Error.Status);

    [Fact]
    public async Task A_store_that_answers_is_ready() => Assert.Null(await Store.CheckAsync(Ct));

    protected static ArtifactPath At(string path) => ArtifactPath.TryParse(path, out var parsed) ? parsed : throw new ArgumentException("Not a plain path.", nameof(path));

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<string> ReadAsync(ArtifactContent content, long offset, long count) =>
        Encoding.UTF8.GetString(await BytesAsync(content, offset, count));

    private static async Task<byte[]> BytesAsync(ArtifactContent content, long offset, long count)
    {
        await using var stream = await content.ReadAsync(offset, count, Ct);
        var read = new MemoryStream();
        await stream.CopyToAsync(read, Ct);
        return read.ToArray();
    }
}
