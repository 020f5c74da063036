using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MlopsPlane.Pages;

/// <summary>The page's files, which are part of the program.</summary>
internal static class PageFiles
{
    // The page shows names and values that anybody may have logged: no script but its own, no address but this one.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private static readonly Assembly Program = typeof(PageFiles).Assembly;
    private static readonly EntityTagHeaderValue Tag = new($"\"{Program.ManifestModule.ModuleVersionId:N}\"");

    /// <summary>A workspace's page has relative addresses, so its own must end with a slash; browsers keep the part after <c>#</c>.</summary>
    public static Results<FileStreamHttpResult, RedirectHttpResult, NotFound> Index(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0];
        if (http.Request.PathBase.HasValue && target?.EndsWith('/') == false)
            return TypedResults.LocalRedirect($"{http.Request.PathBase}/{http.Request.QueryString}");
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return Open(http, "index.html") is { } page ? page : TypedResults.NotFound();
    }

    public static Results<FileStreamHttpResult, NotFound> Asset(HttpContext http, string file) =>
        Open(http, $"ui/{file}") is { } asset ? asset : TypedResults.NotFound();

    private static FileStreamHttpResult? Open(HttpContext http, string name)
    {
        if (Program.GetManifestResourceStream(name) is not { } content)
            return null;
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Stream(content, TypeOf(name), entityTag: Tag);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
