using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.Cli.Tests.World;

/// <summary>A server that answers as a test says, on a loopback port.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private StubServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    public int Requests { get; private set; }

    /// <summary>Authorization headers that came, in their order.</summary>
    public List<string> Shown { get; } = [];

    /// <param name="certificate">PKCS #12 file for https.</param>
    public static async Task<StubServer> StartAsync(Func<HttpContext, Task> answer, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate));
        builder.WebHost.UseUrls(certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0");
        var made = builder.Build();
        var server = new StubServer(made);
        made.Run(http =>
        {
            lock (server.Shown)
            {
                server.Requests++;
                server.Shown.Add(http.Request.Headers.Authorization.ToString());
            }

            return answer(http);
        });
        await made.StartAsync();
        return server;
    }

    /// <summary>Answers a text with a status.</summary>
    public static Task<StubServer> SayingAsync(int status, string text, string type = "application/json") => StartAsync(http =>
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, type);
        return http.Response.WriteAsync(text);
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
