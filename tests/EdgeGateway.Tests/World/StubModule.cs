using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.Hosting;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.EdgeGateway.Tests.World;

/// <summary>A service behind the edge that tells what reached it, and fails on demand. The real identity check is in front of it.</summary>
internal sealed class StubModule(string name) : IPlaneModule
{
    /// <summary>Name of the stub that speaks gRPC.</summary>
    public const string GrpcService = "inference-grpc";

    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public bool HasApi => false;

    /// <summary>Method and path of every request that was received whole.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>The next request is broken off after it was read.</summary>
    public volatile bool BreakNext;

    /// <summary>What it says of itself; it answers all the same.</summary>
    public volatile bool Ready = true;

    public void OpenGate() => gate.TrySetResult();

    /// <summary>Events that its outbox could not hand on.</summary>
    public int FailedEvents { get; set; }

    public void AddServices(WebApplicationBuilder builder, ModuleContext context)
    {
        builder.Services.AddSingleton<IOutboxAdministration>(new StubOutbox(this));
        builder.Services.AddHealthChecks().AddCheck("stub", () => Ready ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(), ["ready"]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            if (name == GrpcService)
                kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2);
        });
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.Map("/api/2.0/mlflow/stream", StreamAsync).WithName($"{name}.Stream").Requires(AccessPolicy.Anyone);
        routes.Map("/api/2.0/mlflow/endless", EndlessAsync).WithName($"{name}.Endless").Requires(AccessPolicy.Anyone);
        routes.Map("/_blazor/socket", SocketAsync).WithName($"{name}.Socket").Requires(AccessPolicy.Anyone);
        routes.MapPost("/inference.GRPCInferenceService/{method}", StubGrpc.AnswerAsync).WithName($"{name}.Grpc").Requires(AccessPolicy.Anyone);
        routes.Map("/{**rest}", EchoAsync).WithName($"{name}.Echo").Requires(AccessPolicy.Anyone);
    }

    private async Task EchoAsync(HttpContext http)
    {
        var length = await DrainAsync(http);
        Received.Enqueue($"{http.Request.Method} {http.Request.Path}");
        if (BreakNext)
        {
            BreakNext = false;
            http.Abort();
            return;
        }

        http.Response.Headers["X-Stub-Port"] = http.Connection.LocalPort.ToString(CultureInfo.InvariantCulture);
        await http.Response.WriteAsJsonAsync(new
        {
            service = name,
            method = http.Request.Method,
            target = http.Features.Get<IHttpRequestFeature>()!.RawTarget,
            caller = http.Caller().Name,
            workspace = http.Workspace(),
            length,
            headers = http.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal),
        });
    }

    /// <summary>Sends a part, waits for the gate and sends the rest: only an edge that streams passes the first on.</summary>
    private async Task StreamAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync("data: one\n\n");
        await http.Response.Body.FlushAsync();
        await gate.Task.WaitAsync(http.RequestAborted);
        await http.Response.WriteAsync("data: two\n\n");
    }

    /// <summary>Sends a part and nothing more, until the reader has gone.</summary>
    private async Task EndlessAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync("data: one\n\n");
        await http.Response.Body.FlushAsync();
        try
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }
        finally
        {
            Received.Enqueue($"end of {http.Caller().Name}");
        }
    }

    private static async Task SocketAsync(HttpContext http)
    {
        var upgrade = http.Features.Get<IHttpUpgradeFeature>()!;
        var key = http.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // RFC 6455 names SHA-1.
        http.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.Connection = "Upgrade";
        await using var stream = await upgrade.UpgradeAsync();
        using var socket = WebSocket.CreateFromStream(stream, isServer: true, subProtocol: null, keepAliveInterval: TimeSpan.FromSeconds(30));
        var buffer = new byte[1024];
        var message = await socket.ReceiveAsync(buffer, http.RequestAborted);
        await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, endOfMessage: true, http.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
    }

    private static async Task<long> DrainAsync(HttpContext http)
    {
        var (buffer, length) = (new byte[64 * 1024], 0L);
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
            length += read;
        return length;
    }
}
