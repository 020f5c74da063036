using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>The server's certificate: trusted by this machine, made for this name, and good for some more days.</summary>
internal static class TlsCheck
{
    private const string Name = "certificate";
    private const int FewDays = 14;

    public static async Task<Finding> RunAsync(Call call, Uri url, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(call.Timeout);
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(url.DnsSafeHost, url.Port, bound.Token);
            var errors = SslPolicyErrors.None;
#pragma warning disable MA0039, CA5359 // Nothing is sent on this connection: it is made to look at the certificate, a bad one too.
            await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, found) =>
            {
                errors = found;
                return true;
            });
#pragma warning restore MA0039, CA5359
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.DnsSafeHost }, bound.Token);
            return Judge(tls, errors, url, call.Clock);
        }
        catch (AuthenticationException failure)
        {
            return Finding.Failed(Name, $"port {url.Port} does not speak TLS: {failure.Message}", "If the server speaks plain http, write http:// in the address.");
        }
        catch (Exception failure) when (failure is IOException or SocketException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Finding.Failed(Name, $"no certificate came: {failure.Message}", "If the server speaks plain http, write http:// in the address.");
        }
    }

    private static Finding Judge(SslStream tls, SslPolicyErrors errors, Uri url, TimeProvider clock)
    {
        using var certificate = new X509Certificate2(tls.RemoteCertificate!);
        var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        var left = end - clock.GetUtcNow();
        var until = $"it is good until {Output.JsonFields.Written(end)}";
        if (left < TimeSpan.Zero)
            return Finding.Failed(Name, $"it ended {-left.TotalDays:0} day(s) ago", "Renew it; the edge reads Edge:CertificateFile again by itself.");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return Finding.Failed(Name, $"it was made for {certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)} and not for {url.DnsSafeHost}", "Use the name that it was made for, or have one made for this name.");
        if (errors != SslPolicyErrors.None)
            return Finding.Failed(Name, $"this machine does not trust its issuer, {certificate.Issuer}", "Install the issuer's certificate on this machine, or point SSL_CERT_FILE to it.");
        return left < TimeSpan.FromDays(FewDays)
            ? Finding.Warning(Name, $"it ends in {left.TotalDays:0} day(s)", "Renew it; the edge reads Edge:CertificateFile again by itself.")
            : Finding.Ok(Name, until);
    }
}
