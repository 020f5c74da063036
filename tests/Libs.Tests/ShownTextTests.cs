using MlopsPlane.Primitives;

namespace MlopsPlane.Libs.Tests;

public sealed class ShownTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("a\0b\nc\u0085d", "a b c d")]
    [InlineData("", "")]
    public void What_cannot_be_shown_or_stored_is_replaced(string text, string shown) => Assert.Equal(shown, ShownText.Of(text));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("half \ufffd of one", ShownText.Of("half " + '\ud83d' + " of one"));

    [Theory]
    [InlineData(5, "abcde")]
    [InlineData(4, "abcd...")]
    public void Long_text_is_cut(int longest, string shown) => Assert.Equal(shown, ShownText.Of("abcde", longest));

    [Fact]
    public void No_character_is_cut_in_two() => Assert.Equal("ab...", ShownText.Of("ab\ud83d\ude00", 3));
}
