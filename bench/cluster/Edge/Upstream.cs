using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.Bench.Cluster.Edge;

/// <summary>A plain Kestrel endpoint that answers every path with a small document, as a process of its own.</summary>
internal static class Upstream
{
    public const string Verb = "upstream";

    private static readonly byte[] Answer = """{"run":{"info":{"run_id":"0123456789abcdef0123456789abcdef","status":"RUNNING"}}}"""u8.ToArray();

    public static Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(http =>
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = Answer.Length;
            return http.Response.Body.WriteAsync(Answer).AsTask();
        });
        return ServedProcess.ServeAsync(app);
    }
}
