using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.Testing.Servers;

/// <summary>A receiver of webhooks on a loopback port, which remembers what it was sent and answers as the test says.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Received> received = new();

    private WebhookReceiver(WebApplication app) => this.app = app;

    /// <summary>What it is called after <c>http://127.0.0.1:port</c>; the path is the test's.</summary>
    public string Url => app.Urls.First();

    public int Port => new Uri(Url).Port;

    /// <summary>Everything so far, in the order of its arrival.</summary>
    public IReadOnlyList<Received> All => [.. received];

    /// <summary>Answers a request after it was remembered; 200 with <c>ok</c> when it is null.</summary>
    public Func<Received, HttpContext, Task>? Answer { get; set; }

    /// <param name="port">0 for a free one.</param>
    public static async Task<WebhookReceiver> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>What came to a path, once there are that many or more.</summary>
    public async Task<IReadOnlyList<Received>> WaitAsync(int count, string path = "/")
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var found = received.Where(one => one.Path == path).ToList();
            if (found.Count >= count)
                return found;
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"{found.Count} of {count} deliveries came to {path}.");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Answer = null;
        await app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var one = new Received(http.Request.Path, headers, await reader.ReadToEndAsync());
        received.Enqueue(one);
        if (Answer is { } answer)
            await answer(one, http);
        else
            await http.Response.WriteAsync("ok");
    }

    /// <summary>One request.</summary>
    public sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public string DeliveryId => Headers["X-MLflow-Delivery-Id"];

        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

        /// <summary><c>entity.action</c>.</summary>
        public string Event => $"{Json.GetProperty("entity").GetString()}.{Json.GetProperty("action").GetString()}";

        public JsonElement Data => Json.GetProperty("data");
    }
}
