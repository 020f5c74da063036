using System.Text;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Libs.Tests.Artifacts;

/// <summary>What only a folder of files has to guard.</summary>
public sealed class LocalFolderTests(LocalStore fixture) : IClassFixture<LocalStore>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_writers_of_one_name_leave_one_whole_file_of_one_of_them()
    {
        Assert.True(ArtifactPath.TryParse("race/file", out var file));
        await Parallel.ForEachAsync(Enumerable.Range(0, 32), Ct, async (writer, ct) =>
            await fixture.Store.WriteAsync(file, new MemoryStream(Enumerable.Repeat((byte)writer, 100_000 + writer).ToArray()), null, ct));
        var bytes = await File.ReadAllBytesAsync(Path.Combine(fixture.Folder.FullName, "race/file"), Ct);
        Assert.Equal(100_000 + bytes[0], bytes.Length);
        Assert.True(bytes.AsSpan().IndexOfAnyExcept(bytes[0]) < 0);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(fixture.Folder.FullName, ".plane")));
    }

    [Fact]
    public async Task A_reader_keeps_the_file_that_it_opened_while_it_is_replaced_and_deleted()
    {
        Assert.True(ArtifactPath.TryParse("kept/file", out var file));
        await fixture.Store.WriteAsync(file, new MemoryStream(Encoding.UTF8.GetBytes("old")), null, Ct);
        await using var content = (await fixture.Store.OpenAsync(file, Ct))!;
        await fixture.Store.WriteAsync(file, new MemoryStream(Encoding.UTF8.GetBytes("newer")), null, Ct);
        await fixture.Store.DeleteAsync(file, Ct);
        using var reader = new StreamReader(await content.ReadAsync(Ct));
        Assert.Equal("old", await reader.ReadToEndAsync(Ct));
    }

    [Theory]
    [InlineData("taken/folder")]
    [InlineData("taken/folder/file/below")]
    public async Task A_name_that_a_folder_has_or_that_runs_through_a_file_is_refused(string path)
    {
        Assert.True(ArtifactPath.TryParse("taken/folder/file", out var file));
        await fixture.Store.WriteAsync(file, new MemoryStream([1]), 1, Ct);
        Assert.True(ArtifactPath.TryParse(path, out var occupied));
        var refused = await Assert.ThrowsAsync<PlaneException>(() => fixture.Store.WriteAsync(occupied, new MemoryStream([1]), 1, Ct));
        Assert.Equal(400, refused.Error.Status);
        Assert.Equal("INVALID_PARAMETER_VALUE", refused.Error.Code);
    }
}
