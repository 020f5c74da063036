using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.EdgeGateway.Configuration;
using MlopsPlane.EdgeGateway.Startup;
using MlopsPlane.Hosting;
using MlopsPlane.Web.Guards;

namespace MlopsPlane.EdgeGateway;

/// <summary>The addresses that the edge listens on: HTTP, cleartext HTTP/2 for gRPC, or both under TLS on one.</summary>
internal static class Listening
{
    public static void Configure(WebApplicationBuilder builder, EdgeOptions options)
    {
        var certificate = options.CertificateFile is { } file ? new CertificateFile(file, options.CertificateKeyFile!) : null;
        if (certificate is null && options.GrpcUrl is null)
            return;
        if (certificate is not null)
        {
            builder.Services.AddSingleton(certificate);
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<CertificateWatch>(provider, certificate));
        }

        builder.WebHost.UseKestrelHttpsConfiguration();
        var urls = (builder.Configuration["urls"] ?? PlaneHost.DefaultUrl).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var url in urls)
                Listen(kestrel, LoopbackRule.AddressOf(url)!, certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2, certificate);
            if (options.GrpcUrl is { } grpc)
                Listen(kestrel, new Uri(grpc), HttpProtocols.Http2, null);
        });
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url, HttpProtocols protocols, CertificateFile? certificate)
    {
        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocols;
            if (certificate is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(OptionsOf(certificate)) });
        }

        static SslServerAuthenticationOptions OptionsOf(CertificateFile certificate) => new()
        {
            ServerCertificateContext = certificate.Current, ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };

        var host = url.Host.Trim('[', ']');
        if (IPAddress.TryParse(host, out var address))
            kestrel.Listen(address, url.Port, Configure);
        else if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            kestrel.ListenLocalhost(url.Port, Configure);
        else
            kestrel.ListenAnyIP(url.Port, Configure);
    }
}
