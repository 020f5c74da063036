using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Responses;

/// <summary>
/// An answer that is sent while it is made: one JSON object whose properties the caller writes, in parts. What fails after
/// the first part can only cut the connection, so the first part is made ready before the stream begins.
/// </summary>
public sealed class JsonStream : IDisposable
{
    /// <summary>How answers are written: the caller's order of calls is trusted, and quotes are escaped as <c>\"</c>.</summary>
    public static readonly JsonWriterOptions Options = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpContext http;

    public JsonStream(HttpContext http)
    {
        this.http = http;
        http.Response.ContentType = "application/json";
        Writer = new Utf8JsonWriter(http.Response.BodyWriter, Options);
        Writer.WriteStartObject();
    }

    public Utf8JsonWriter Writer { get; }

    /// <summary>Sends what was written, and waits while the client reads slower than we write.</summary>
    public async ValueTask SendAsync()
    {
        Writer.Flush();
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>Ends the object and sends the rest.</summary>
    public ValueTask EndAsync()
    {
        Writer.WriteEndObject();
        return SendAsync();
    }

    public void Dispose() => Writer.Dispose();
}
