using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.Libs.Tests.Web.Identity;

public sealed class ApiKeyTests
{
    [Fact]
    public void Every_key_has_256_bits_of_its_own_and_a_prefix_that_tells_nothing_of_them()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => ApiKey.Generate()).ToList();
        Assert.All(keys, key =>
        {
            Assert.Equal(ApiKey.Length, key.Length);
            Assert.Matches("^plane_[a-km-z2-9]{8}_[A-Za-z0-9_-]{43}$", key);
            Assert.True(ApiKey.IsWellFormed(key));
            Assert.Equal(key[..14], ApiKey.PrefixOf(key));
        });
        Assert.Equal(1000, keys.Select(key => key[15..]).Distinct(StringComparer.Ordinal).Count());
        // Every position of the secret part takes many values: none of it is constant.
        Assert.All(Enumerable.Range(15, 42), i => Assert.True(keys.Select(key => key[i]).Distinct().Count() > 32));
    }

    [Fact]
    public void The_hash_is_the_one_that_everybody_knows_and_the_digest_of_a_request_is_the_same()
    {
        // printf %s plane_aaaaaaaa_AAAA... | sha256sum
        var key = "plane_aaaaaaaa_" + new string('A', 43);
        var hash = ApiKey.HashOf(key);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(key))), hash);
        Assert.Equal(hash, Digest.Of(key)!.Value.ToHex());
    }

    [Theory]
    [InlineData("")]
    [InlineData("plane_")]
    [InlineData("plane_aaaaaaaa-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("PLANE_aaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("plane_aaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("plane_aaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("plane_aaaaaaaa_AAAAAAAAAAAAAAAAAAAAA+AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("plane_aaaaaaaa_AAAAAAAAAAAAAAAAAAAAA/AAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_is_not_looked_up(string text) => Assert.False(ApiKey.IsWellFormed(text));

    [Theory]
    [InlineData("schlüssel")]
    [InlineData("plane_\ud800")]
    public void A_credential_of_other_characters_than_ASCII_has_no_digest(string text) => Assert.Null(Digest.Of(text));

    [Fact]
    public void A_credential_has_at_most_16384_characters()
    {
        Assert.NotNull(Digest.Of(new string('x', 16 * 1024)));
        Assert.Null(Digest.Of(new string('x', (16 * 1024) + 1)));
    }
}
