using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Startup;

public sealed class CertificateTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-tls-");

    private string ChainFile => Path.Combine(folder.FullName, "chain.pem");

    private string KeyFile => Path.Combine(folder.FullName, "key.pem");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_connections_go_on()
    {
        WriteCertificate("first");
        await using var world = await StartAsync();
        Assert.Equal(["CN=first", "CN=authority of first"], await ShownAsync(world.Address, SslApplicationProtocol.Http2));
        // One file after the other, with a pair that does not fit in between.
        WriteCertificate("second");
        await Until.TrueAsync(async () => (await ShownAsync(world.Address, SslApplicationProtocol.Http11))[0] == "CN=second", 60, "the second certificate");
        await File.WriteAllTextAsync(KeyFile, "no key");
        WriteCertificate("third");
        await Until.TrueAsync(async () => (await ShownAsync(world.Address, SslApplicationProtocol.Http11))[0] == "CN=third", 60, "the third certificate");
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_keeps_the_edge_from_starting_and_is_named()
    {
        WriteCertificate("first");
        await File.WriteAllTextAsync(KeyFile, "no key");
        var refused = await Assert.ThrowsAsync<StartRefusedException>(StartAsync);
        Assert.StartsWith("Edge:CertificateFile: ", refused.Message, StringComparison.Ordinal);
    }

    private Task<EdgeWorld> StartAsync() => EdgeWorld.StartAsync(replicas: 1, "--Edge:CertificateFile", ChainFile, "--Edge:CertificateKeyFile", KeyFile);

    /// <summary>Subjects of what the server sends: its own certificate and the one above it.</summary>
    private static async Task<string[]> ShownAsync(Uri address, SslApplicationProtocol protocol)
    {
        string[] shown = [];
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "plane.example", ApplicationProtocols = [protocol],
            RemoteCertificateValidationCallback = (_, own, chain, _) =>
            {
                shown = [own!.Subject, .. chain!.ChainPolicy.ExtraStore.Select(one => one.Subject).Where(subject => subject != own.Subject)];
                return true;
            },
        });
        Assert.Equal(protocol, tls.NegotiatedApplicationProtocol);
        return shown;
    }

    private void WriteCertificate(string name)
    {
        var (from, until) = (DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest($"CN=root of {name}", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(from, until);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN=authority of {name}", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.Create(root, from, until, [1]).CopyWithPrivateKey(authorityKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).Create(authority, from, until, [2]);
        File.WriteAllText(ChainFile, own.ExportCertificatePem() + "\n" + authority.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
