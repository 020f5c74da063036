using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>A small OpenID Connect issuer on a loopback port: discovery, published keys, and tokens signed as a test wants them.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<SigningKey> published = [];

    private TestIssuer(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    /// <summary>How often the keys were fetched.</summary>
    public int Fetches { get; private set; }

    /// <summary>It answers 500 to everything.</summary>
    public bool Down { get; set; }

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var issuer = new TestIssuer(server);
        server.MapGet("/.well-known/openid-configuration", () => issuer.Answer(() => new JsonObject
        {
            ["issuer"] = issuer.Address.OriginalString, ["jwks_uri"] = issuer.Address.OriginalString + "/keys",
        }));
        server.MapGet("/keys", () => issuer.Answer(issuer.Keys));
        await server.StartAsync();
        return issuer;
    }

    public SigningKey Publish(SigningKey key)
    {
        lock (published)
            published.Add(key);
        return key;
    }

    public void Withdraw(SigningKey key)
    {
        lock (published)
            published.Remove(key);
    }

    /// <summary>Claims of a token that is good for ten minutes; a value of null takes one away.</summary>
    public JsonObject Claims(string subject, params (string Name, JsonNode? Value)[] changes)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Address.OriginalString, ["aud"] = "plane", ["sub"] = subject, ["iat"] = now, ["nbf"] = now - 5, ["exp"] = now + 600,
        };
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null)
                claims[name] = value;
        }

        return claims;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IResult Answer(Func<JsonObject> body) => Down ? Results.StatusCode(500) : Results.Text(body().ToJsonString(), "application/json");

    private JsonObject Keys()
    {
        Fetches++;
        lock (published)
            return new JsonObject { ["keys"] = new JsonArray([.. published.Select(key => key.Public())]) };
    }
}

/// <summary>A key pair of an issuer, and what an attacker would make of it.</summary>
internal sealed class SigningKey(AsymmetricAlgorithm pair, string id)
{
    public static SigningKey Rsa(string id) => new(RSA.Create(2048), id);

    public static SigningKey Ec(string id) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), id);

    public JsonObject Public()
    {
        if (pair is RSA rsa)
        {
            var parts = rsa.ExportParameters(false);
            return new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = id, ["n"] = Text(parts.Modulus!), ["e"] = Text(parts.Exponent!) };
        }

        var point = ((ECDsa)pair).ExportParameters(false).Q;
        return new JsonObject { ["kty"] = "EC", ["use"] = "sig", ["kid"] = id, ["crv"] = "P-256", ["x"] = Text(point.X!), ["y"] = Text(point.Y!) };
    }

    public string Sign(JsonObject claims, string? keyId = null)
    {
        var content = Content(new JsonObject { ["alg"] = pair is RSA ? "RS256" : "ES256", ["kid"] = keyId ?? id }, claims);
        var bytes = Encoding.ASCII.GetBytes(content);
        return $"{content}.{Text(pair is RSA rsa ? rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : ((ECDsa)pair).SignData(bytes, HashAlgorithmName.SHA256))}";
    }

    /// <summary>Signed with HMAC, the public key as its secret: what a library takes that lets the token choose.</summary>
    public IEnumerable<string> Confused(JsonObject claims)
    {
        var content = Content(new JsonObject { ["alg"] = "HS256", ["kid"] = id }, claims);
        byte[][] secrets =
        [
            Encoding.UTF8.GetBytes(pair.ExportSubjectPublicKeyInfoPem()), Encoding.UTF8.GetBytes(pair.ExportSubjectPublicKeyInfoPem() + "\n"),
            pair.ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(Public().ToJsonString()), pair is RSA rsa ? rsa.ExportParameters(false).Modulus! : [],
        ];
        return secrets.Select(secret => $"{content}.{Text(HMACSHA256.HashData(secret.AsSpan(), Encoding.ASCII.GetBytes(content)))}");
    }

    public static string Unsigned(string algorithm, JsonObject claims, string signature = "") =>
        $"{Content(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" }, claims)}.{signature}";

    /// <summary>Signed by a key that the token brings along itself.</summary>
    public string WithOwnKey(JsonObject claims)
    {
        var content = Content(new JsonObject { ["alg"] = "RS256", ["kid"] = id, ["jwk"] = Public(), ["jku"] = "http://127.0.0.1:9/keys" }, claims);
        return $"{content}.{Text(((RSA)pair).SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Content(JsonObject header, JsonObject claims) =>
        $"{Text(JsonSerializer.SerializeToUtf8Bytes(header))}.{Text(JsonSerializer.SerializeToUtf8Bytes(claims))}";

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
