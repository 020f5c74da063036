using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.OpenInference.Grpc;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>
/// Sends messages of gRPC on to a replica that holds their model. A message names its model inside itself, and those of one
/// stream may name different ones; so it is the message that is sent on, as a call of its own, and not the connection.
/// </summary>
internal sealed class GrpcHop(HopRoute route, InferenceMetrics metrics) : IDisposable
{
    private const string Protocol = "grpc";
    private const int MaxChannels = 1000;
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");
    private readonly ConcurrentDictionary<string, GrpcChannel> channels = new(StringComparer.Ordinal);

    /// <summary>The answer of a replica that holds the model; null when it is to be answered here.</summary>
    /// <param name="ct">Nobody waits for the answer any more.</param>
    public ValueTask<TResponse?> AskAsync<TRequest, TResponse>(string method, string name, TRequest request, ServerCallContext context, bool loads, CancellationToken ct)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new()
    {
        var http = context.GetHttpContext();
        return name.Length == 0 || route.IsHere(http.Workspace(), name) ? default : new(SendAsync<TRequest, TResponse>(method, name, request, context, loads, ct));
    }

    private async Task<TResponse?> SendAsync<TRequest, TResponse>(string method, string name, TRequest request, ServerCallContext context, bool loads, CancellationToken ct)
        where TRequest : class, IBufferMessage, IMessage<TRequest>, new()
        where TResponse : class, IBufferMessage, IMessage<TResponse>, new()
    {
        var http = context.GetHttpContext();
        http.NameGate()?.Require(name);
        var holders = await route.FindAsync(http, name, loads, ct);
        if (holders.Count == 0)
            return null;
        foreach (var holder in holders.Where(holder => holder.GrpcUrl is not null))
        {
            using var call = ChannelTo(holder.GrpcUrl!).CreateCallInvoker().AsyncUnaryCall(
                GrpcMethods.Of<TRequest, TResponse>(MethodType.Unary, method), null, new CallOptions(HeadersOf(http), DeadlineOf(context), ct), request);
            try
            {
                var answer = await call;
                foreach (var header in (await call.ResponseHeadersAsync).Where(header => header.Key.StartsWith("x-plane-", StringComparison.Ordinal)))
                    http.Response.Headers[header.Key] = header.Value;
                metrics.Hopped(Protocol, "answered");
                return answer;
            }
            catch (RpcException failed) when (failed.StatusCode == StatusCode.Unavailable && failed.Status.DebugException is SocketException or TimeoutException
                or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
            {
                metrics.Hopped(Protocol, "unreachable");
            }
            catch (RpcException refused)
            {
                metrics.Hopped(Protocol, "answered");
                throw new RpcException(new Status(refused.StatusCode, refused.Status.Detail), refused.Trailers);
            }
        }

        throw HopRoute.Unreachable(name);
    }

    private static DateTime? DeadlineOf(ServerCallContext context) => context.Deadline == DateTime.MaxValue ? null : context.Deadline;

    /// <summary>What the caller sent along, who it is and where among it, without what belongs to the connection.</summary>
    private static Metadata HeadersOf(HttpContext http)
    {
        var headers = new Metadata();
        foreach (var (name, values) in http.Request.Headers)
        {
            var key = name.ToLowerInvariant();
            if (key.StartsWith(':') || key.StartsWith("grpc-", StringComparison.Ordinal) || key.EndsWith("-bin", StringComparison.Ordinal)
                || key is "host" or "te" or "content-type" or "content-length" or "user-agent" or "connection" or "transfer-encoding" or "accept-encoding" or "traceparent" or "tracestate")
                continue;
            // HTTP allows more characters than gRPC does.
            if (key.AsSpan().ContainsAnyExcept(KeyCharacters))
                continue;
            headers.Add(key, values.ToString());
        }

        headers.Add(HopRoute.MarkHeader.ToLowerInvariant(), "1");
        return headers;
    }

    private GrpcChannel ChannelTo(string url)
    {
        // Addresses change with every replica that comes and goes.
        if (channels.Count > MaxChannels)
            channels.Clear();
        return channels.GetOrAdd(url, static address => GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null, MaxSendMessageSize = null, DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, EnableMultipleHttp2Connections = true, ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionLifetime = TimeSpan.FromMinutes(10) },
        }));
    }

    public void Dispose()
    {
        foreach (var channel in channels.Values)
            channel.Dispose();
    }
}
