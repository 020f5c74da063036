using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlopsPlane.Bench.Cluster.Edge;

namespace MlopsPlane.Bench.Inference.Processes;

/// <summary>The baseline of transport: a Kestrel endpoint that reads the request and answers as many bytes as the gateway does.</summary>
internal static class PlainEndpoint
{
    public const string Verb = "plain";

    public static Task RunAsync(string answerBytes)
    {
        var answer = new byte[int.Parse(answerBytes, CultureInfo.InvariantCulture)];
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/v2/models/{model}/infer", async http =>
        {
            var reader = http.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            http.Response.ContentType = "application/octet-stream";
            http.Response.ContentLength = answer.Length;
            await http.Response.Body.WriteAsync(answer);
        });
        return ServedProcess.ServeAsync(app);
    }
}
