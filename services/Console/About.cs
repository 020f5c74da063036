using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Hosting;
using MlopsPlane.Web.Health;

namespace MlopsPlane.Pages;

/// <summary><c>GET /ui/about</c>: what runs in this process.</summary>
internal static class About
{
    private static readonly string Version =
        typeof(About).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <param name="Root">Where the addresses without a workspace begin, seen from the page.</param>
    public sealed record Response(
        IReadOnlyList<string> Modules,
        string Version,
        [property: JsonPropertyName("mlflow_version")] string MlflowVersion,
        string Root);

    public static Ok<Response> Handle(HttpContext http, ModuleContext context) => TypedResults.Ok(new Response(
        [.. context.Modules.Order(StringComparer.Ordinal)], Version, ProbeEndpoints.MlflowVersion,
        http.Request.PathBase.HasValue ? "../../" : "./"));
}
