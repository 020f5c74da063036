using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlopsPlane.Bench.Cluster.Edge;
using MlopsPlane.Hosting.Transport;

namespace MlopsPlane.Bench.Inference.Processes;

/// <summary>
/// The baseline of transport: a Kestrel endpoint that reads the request and answers as many bytes as the gateway does. With a
/// model it runs that in between, in the request itself, on the gateway's transport buffers: the least that a server on Kestrel does.
/// </summary>
internal static class PlainEndpoint
{
    public const string Verb = "plain";

    public static async Task RunAsync(string answerBytes, string? file = null)
    {
        using var model = file is null ? null : BoundModel.Load(file, rows: 1);
        var running = new Lock();
        var answer = new byte[int.Parse(answerBytes, CultureInfo.InvariantCulture)];
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.ClearProviders();
        if (model is not null)
            builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new TransportBuffers(TimeProvider.System));
        var app = builder.Build();
        app.MapPost("/v2/models/{model}/infer", async http =>
        {
            var reader = http.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                if (read.IsCompleted && model is not null)
                    RunOn(read.Buffer);
                reader.AdvanceTo(model is null || read.IsCompleted ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            http.Response.ContentType = "application/octet-stream";
            http.Response.ContentLength = answer.Length;
            await http.Response.Body.WriteAsync(answer);
        });
        await ServedProcess.ServeAsync(app);

        void RunOn(ReadOnlySequence<byte> body)
        {
            lock (running)
            {
                var output = model.Run(body);
                output[..Math.Min(output.Length, answer.Length)].CopyTo(answer);
            }
        }
    }
}
