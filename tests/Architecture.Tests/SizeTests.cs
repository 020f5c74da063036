namespace MlopsPlane.Architecture.Tests;

public sealed class SizeTests
{
    private const int LargestFile = 300;
    private const int LargestTest = 500;

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold()
    {
        var long_ = new[] { "libs", "services", "bench", "cli" }.SelectMany(folder => Repository.Files(folder, "*.cs"))
            .Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Count() > LargestFile)
            .Concat(Repository.Files("tests", "*.cs").Where(file => File.ReadLines(file).Count() > LargestTest))
            .Select(file => Path.GetRelativePath(Repository.Root, file));
        Assert.Empty(long_);
    }

    [Fact]
    public void Primitives_stay_small() =>
        Assert.InRange(Repository.Files("libs/Primitives", "*.cs").Sum(file => File.ReadLines(file).Count()), 1, 300);
}
