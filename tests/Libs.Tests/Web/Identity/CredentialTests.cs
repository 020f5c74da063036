using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.Libs.Tests.Web.Identity;

public sealed class CredentialTests
{
    [Theory]
    [InlineData("Bearer secret", "secret")]
    [InlineData("bearer secret", "secret")]
    [InlineData("BEARER   secret  ", "secret")]
    [InlineData("Bearer a b", "a b")]
    [InlineData("Basic dXNlcjpzZWNyZXQ=", "secret")]
    [InlineData("basic dXNlcjpzZWNyZXQ=", "secret")]
    [InlineData("Basic OnNlY3JldA==", "secret")]
    [InlineData("Basic dXNlcjpzZTpjcmV0", "se:cret")]
    [InlineData("Basic dXNlcjo=", "")]
    [InlineData("Basic dXNlcg==", "")]
    [InlineData("Basic !!!", "")]
    [InlineData("Basic dXNlcjpzZWNyZXQ", "")]
    [InlineData("Basic", "")]
    [InlineData("Bearer", "")]
    [InlineData("Bearersecret", "")]
    [InlineData("Digest username=\"x\"", "")]
    [InlineData("secret", "")]
    [InlineData("", "")]
    public void The_secret_is_read_from_the_standard_header(string header, string secret) =>
        Assert.Equal(secret, Read(("Authorization", header)));

    [Fact]
    public void The_secret_is_read_from_its_own_header_where_the_standard_one_is_absent()
    {
        Assert.Equal("secret", Read(("X-Api-Key", " secret ")));
        Assert.Equal("secret", Read(("x-api-key", "secret")));
        Assert.Equal("", Read(("X-Api-Key", "")));
        Assert.Equal("standard", Read(("Authorization", "Bearer standard"), ("X-Api-Key", "own")));
        // What is there but cannot be read is not looked past.
        Assert.Equal("", Read(("Authorization", "Digest x"), ("X-Api-Key", "own")));
    }

    [Fact]
    public void Two_credentials_are_none_since_a_proxy_might_have_judged_the_other_one()
    {
        Assert.Equal("", Read(("Authorization", new StringValues(["Bearer one", "Bearer two"]))));
        Assert.Equal("", Read(("Authorization", new StringValues(["Bearer one", "Bearer one"]))));
        Assert.Equal("", Read(("X-Api-Key", new StringValues(["one", "two"]))));
        Assert.Equal("", Read(("Authorization", new StringValues(["Bearer one", "Bearer two"])), ("X-Api-Key", "three")));
    }

    [Fact]
    public void A_header_has_at_most_16384_characters()
    {
        Assert.Equal(new string('x', (16 * 1024) - 7), Read(("Authorization", "Bearer " + new string('x', (16 * 1024) - 7))));
        Assert.Equal("", Read(("Authorization", "Bearer " + new string('x', (16 * 1024) - 6))));
        Assert.Equal("", Read(("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("u:" + new string('x', 16 * 1024))))));
    }

    private static string Read(params (string Name, StringValues Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        foreach (var (name, value) in headers)
            request.Headers[name] = value;
        return Credential.Of(request).ToString();
    }
}
