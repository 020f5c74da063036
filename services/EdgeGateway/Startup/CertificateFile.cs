using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MlopsPlane.Hosting.Startup;

namespace MlopsPlane.EdgeGateway.Startup;

/// <summary>The certificate of the TLS addresses, as it lies on disk.</summary>
internal sealed class CertificateFile
{
    private readonly string certificate;
    private readonly string key;
    private volatile SslStreamCertificateContext current;
    private (DateTime, DateTime) stamp;

    /// <exception cref="StartRefusedException">A file is missing or no such thing.</exception>
    public CertificateFile(string certificate, string key)
    {
        (this.certificate, this.key) = (certificate, key);
        try
        {
            stamp = Stamp();
            current = Load();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartRefusedException($"Edge:CertificateFile: {fault.Message}");
        }
    }

    /// <summary>The certificate with those above it, as clients are shown them.</summary>
    public SslStreamCertificateContext Current => current;

    /// <summary>Reads the files again if they changed; true when another certificate is in use now.</summary>
    public bool Refresh()
    {
        var now = Stamp();
        if (now == stamp)
            return false;
        var fresh = Load();
        // The old one is left to the handshakes that hold it.
        (current, stamp) = (fresh, now);
        return true;
    }

    private SslStreamCertificateContext Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        var own = X509Certificate2.CreateFromPemFile(certificate, key);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    private (DateTime, DateTime) Stamp() => (File.GetLastWriteTimeUtc(certificate), File.GetLastWriteTimeUtc(key));
}
