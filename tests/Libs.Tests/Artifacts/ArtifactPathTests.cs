using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Libs.Tests.Artifacts;

public sealed class ArtifactPathTests
{
    [Theory]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("%2e%2e/a")]
    [InlineData("%252e%252e%252fa")]
    [InlineData("a%2f..%2fb")]
    [InlineData("/etc/passwd")]
    [InlineData("%2Fetc/passwd")]
    [InlineData("C:/windows")]
    [InlineData("c:%2fwindows")]
    [InlineData("file:///etc/passwd")]
    [InlineData("FILE:/etc/passwd")]
    [InlineData("a#b")]
    [InlineData("a%23b")]
    [InlineData("a\\b")]
    [InlineData("a%5cb")]
    [InlineData("a\0b")]
    [InlineData("a%00b")]
    [InlineData("a\nb")]
    [InlineData(".plane/x")]
    [InlineData("%2eplane")]
    [InlineData("./.plane/x")]
    [InlineData("./../a")]
    [InlineData("%2e/%2e%2e/a")]
    public void A_path_that_could_leave_the_root_or_hide_something_is_refused(string text) =>
        Assert.False(ArtifactPath.TryParse(text, out _));

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a/b.txt", "a/b.txt")]
    [InlineData("a//b/", "a/b")]
    [InlineData(".", "")]
    [InlineData("./a/./b/.", "a/b")]
    [InlineData("a/%2e", "a")]
    [InlineData("..a/b..", "..a/b..")]
    [InlineData("a b+c%20d", "a b+c d")]
    [InlineData("images/dog%step%20.png", "images/dog%step .png")]
    [InlineData("images/dog%25step%2520%25timestamp%25100%25x.png", "images/dog%step %timestamp%100%x.png")]
    [InlineData("a%0Ab%7F", "a%0ab%7f")]
    [InlineData("100%25", "100%")]
    [InlineData("a:b", "a:b")]
    [InlineData("größe/\ud83d\ude00", "größe/\ud83d\ude00")]
    [InlineData("x/.plane", "x/.plane")]
    public void A_plain_path_is_kept_in_its_decoded_form(string text, string value)
    {
        Assert.True(ArtifactPath.TryParse(text, out var path));
        Assert.Equal(value, path.Value);
    }

    [Fact]
    public void Lengths_are_bounded_in_bytes_of_a_segment_and_of_the_whole()
    {
        Assert.True(ArtifactPath.TryParse(new string('a', 255), out _));
        Assert.False(ArtifactPath.TryParse(new string('a', 256), out _));
        Assert.False(ArtifactPath.TryParse(new string('ü', 128), out _));
        Assert.False(ArtifactPath.TryParse(string.Join('/', Enumerable.Repeat(new string('a', 200), 6)), out _));
    }

    [Fact]
    public void Half_a_character_is_refused()
    {
        Assert.False(ArtifactPath.TryParse("a\ud800b", out _));
        Assert.False(ArtifactPath.TryParse("a\udc00", out _));
    }

    [Fact]
    public void Text_that_never_stops_decoding_is_refused()
    {
        var text = "a";
        for (var i = 0; i < 20; i++)
            text = text.Replace("%", "%25", StringComparison.Ordinal) + "%41";
        Assert.False(ArtifactPath.TryParse(text, out _));
    }
}
