using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace MlopsPlane.EdgeGateway.Log;

/// <summary>
/// Writes the lines of the request log to standard output, many at a time: a line that is written by itself costs more
/// than the rest of the edge's work on the request. When whoever reads the output falls behind, lines are left out and
/// counted, and requests go on.
/// </summary>
internal sealed class RequestLines : BackgroundService
{
    private const int MaxWaiting = 32_768;
    private const int BatchBytes = 64 * 1024;

    /// <summary>How late a line may be.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Channel<RequestLine> waiting = Channel.CreateBounded<RequestLine>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ArrayBufferWriter<byte> batch = new(2 * BatchBytes);
    private readonly Utf8JsonWriter? json;
    private readonly EdgeMetrics metrics;
    private char[] characters = new char[2 * BatchBytes];

    public RequestLines(IConfiguration configuration, EdgeMetrics metrics)
    {
        this.metrics = metrics;
        if (string.Equals(configuration["Logging:Format"], "json", StringComparison.OrdinalIgnoreCase))
            json = new Utf8JsonWriter(batch, new JsonWriterOptions { SkipValidation = true });
    }

    public void Add(in RequestLine line)
    {
        if (!waiting.Writer.TryWrite(line))
            metrics.LineLeftOut();
    }

    public override void Dispose()
    {
        json?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                WriteWaiting();
                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        WriteWaiting();
    }

    private void WriteWaiting()
    {
        while (waiting.Reader.TryRead(out var line))
        {
            if (json is null)
                RequestLineFormat.WriteText(line, batch);
            else
                RequestLineFormat.WriteJson(line, json, batch);
            if (batch.WrittenCount >= BatchBytes)
                Flush();
        }

        Flush();
    }

    /// <summary>Through the console's own writer, which lets nobody else's line into the middle of one.</summary>
    private void Flush()
    {
        if (batch.WrittenCount == 0)
            return;
        if (characters.Length < batch.WrittenCount)
            characters = new char[batch.WrittenCount];
        var length = Encoding.UTF8.GetChars(batch.WrittenSpan, characters);
        batch.ResetWrittenCount();
        Console.Out.Write(characters, 0, length);
    }
}
