using System.Collections.Frozen;
using Microsoft.AspNetCore.StaticFiles;

namespace MlopsPlane.Hosting.Artifacts;

/// <summary>Media types by file name, as MLflow's server gives them.</summary>
public static class ArtifactMediaType
{
    private static readonly FileExtensionContentTypeProvider Known = new();

    private static readonly FrozenSet<string> Text = new[]
    {
        "txt", "log", "err", "cfg", "conf", "cnf", "cf", "ini", "properties", "prop", "hocon", "toml", "yaml", "yml", "xml",
        "json", "js", "py", "py3", "csv", "tsv", "md", "rst", "MLmodel", "MLproject", "mlproject",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static string Of(string name)
    {
        var dot = name.LastIndexOf('.');
        // Names without an extension are looked up whole: MLmodel is text.
        var kind = dot < 0 ? name : name[(dot + 1)..];
        if (Text.Contains(kind))
            return "text/plain";
        return Known.TryGetContentType(name, out var type) ? type : "application/octet-stream";
    }
}
