using System.Text.RegularExpressions;

namespace MlopsPlane.Architecture.Tests;

/// <summary>The README lists every option that the code reads, and none that it does not.</summary>
public sealed partial class ReadmeTests
{
    private static string Readme => File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    /// <summary>Keys of the options classes: their summary names the section, their properties the keys.</summary>
    private static IEnumerable<string> Keys => Repository.Files("libs", "*Options.cs").Concat(Repository.Files("services", "*Options.cs"))
        .Select(File.ReadAllText)
        .SelectMany(source => SectionPattern().Match(source) is { Success: true } section
            ? PropertyPattern().Matches(source).Select(property => $"{section.Groups["section"].Value}:{property.Groups["name"].Value}")
            : []);

    [Fact]
    public void Every_option_is_in_the_readme()
    {
        var readme = Readme;
        Assert.NotEmpty(Keys);
        Assert.All(Keys, key => Assert.Contains($"`{key}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_of_the_readme_exists()
    {
        var keys = Keys.ToHashSet(StringComparer.Ordinal);
        var listed = RowPattern().Matches(Readme).Select(row => row.Groups["key"].Value).ToList();
        Assert.NotEmpty(listed);
        Assert.Empty(listed.Except(keys, StringComparer.Ordinal));
    }

    [Fact]
    public void The_commands_of_the_readme_exist()
    {
        foreach (var script in new[] { "run.sh", "test.sh", "bench.sh", "plane", ".ci/run" })
            Assert.True(File.Exists(Path.Combine(Repository.Root, script)), script);
        Assert.Contains("./run.sh", Readme, StringComparison.Ordinal);
        Assert.Contains("./test.sh", Readme, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Section <c>(?<section>[\w:]+)</c>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SectionPattern();

    [GeneratedRegex(@"^    public (?!sealed|class|static)[\w?<>, ]+ (?<name>\w+) \{ get;", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PropertyPattern();

    [GeneratedRegex(@"^\| `(?<key>[A-Z]\w+(:\w+)+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RowPattern();
}
