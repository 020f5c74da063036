using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Hosting.Artifacts;

/// <summary>Answers with a file of the store: streamed, resumable, and never shown by a browser under this address.</summary>
public static class ArtifactDownload
{
    private const int CopyBytes = 128 * 1024;

    /// <exception cref="PlaneException">404: there is no such file.</exception>
    public static async Task SendAsync(HttpContext http, IArtifactStore store, ArtifactPath path, CancellationToken ct)
    {
        await using var content = await store.OpenAsync(path, ct)
            ?? throw PlaneError.NotFound("RESOURCE_DOES_NOT_EXIST", $"No such artifact: '{path}'").ToException();
        var response = http.Response;
        Describe(response, content, path);
        var (offset, count) = Range(http.Request, response, content);
        response.ContentLength = count;
        if (count == 0 || HttpMethods.IsHead(http.Request.Method))
            return;
        await using var stream = await content.ReadAsync(offset, count, ct);
        await stream.CopyToAsync(response.Body, CopyBytes, ct);
    }

    private static void Describe(HttpResponse response, ArtifactContent content, ArtifactPath path)
    {
        var attachment = new ContentDispositionHeaderValue("attachment");
        // The extended form is only for names that the plain one cannot carry; some clients do not know it.
        if (path.Name.All(char.IsAscii))
            attachment.FileName = Quoted(path.Name);
        else
            attachment.SetHttpFileName(path.Name);
        var headers = response.Headers;
        headers.ContentDisposition = attachment.ToString();
        headers.ContentType = ArtifactMediaType.Of(path.Name);
        headers.XContentTypeOptions = "nosniff";
        headers.AcceptRanges = "bytes";
        headers.ETag = $"\"{content.Version}\"";
        headers.LastModified = content.LastModified.ToString("R", CultureInfo.InvariantCulture);
    }

    private static string Quoted(string name)
    {
        var isToken = name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
        return isToken ? name : $"\"{name.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>One range is honoured; of several the whole file is sent, which every client must accept.</summary>
    private static (long Offset, long Count) Range(HttpRequest request, HttpResponse response, ArtifactContent content)
    {
        var asked = request.GetTypedHeaders();
        if (asked.Range is not { Unit.Value: "bytes", Ranges.Count: 1 } range || !StillMeans(asked.IfRange, content))
            return (0, content.Length);
        var item = range.Ranges.Single();
        var from = item.From ?? Math.Max(0, content.Length - (item.To ?? 0));
        var to = Math.Min(item.From is null ? content.Length - 1 : item.To ?? content.Length - 1, content.Length - 1);
        if (from > to)
        {
            response.Headers.ContentRange = $"bytes */{content.Length}";
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return (0, 0);
        }

        response.StatusCode = StatusCodes.Status206PartialContent;
        response.Headers.ContentRange = $"bytes {from}-{to}/{content.Length}";
        return (from, to - from + 1);
    }

    private static bool StillMeans(RangeConditionHeaderValue? condition, ArtifactContent content) =>
        condition is null
        || (condition.EntityTag is { } tag && tag.Tag == $"\"{content.Version}\"")
        || (condition.LastModified is { } date && date >= content.LastModified.AddMilliseconds(-content.LastModified.Millisecond));
}
