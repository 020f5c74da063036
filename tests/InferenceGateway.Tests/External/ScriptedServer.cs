using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.InferenceGateway.Tests.External;

/// <summary>An external server with one model of the inference protocol, which answers as a test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private const string Metadata = """{"name":"m","versions":["1"],"platform":"p","inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]}]}""";
    private readonly WebApplication app;

    private ScriptedServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    /// <summary>Answers what is asked about the model; its metadata when it is null.</summary>
    public Func<HttpContext, Task>? About { get; set; }

    /// <summary>Answers a request of tensors.</summary>
    public Func<HttpContext, Task> Infer { get; set; } = http => http.Response.WriteAsync("""{"outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"data":[1,2]}]}""");

    /// <summary>The header of the last request.</summary>
    public string? Authorization { get; private set; }

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new ScriptedServer(builder.Build());
        server.app.Run(http =>
        {
            server.Authorization = http.Request.Headers.Authorization;
            return HttpMethods.IsPost(http.Request.Method) ? server.Infer(http) : server.About is { } about ? about(http) : http.Response.WriteAsync(Metadata);
        });
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
