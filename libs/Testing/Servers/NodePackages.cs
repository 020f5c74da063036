namespace MlopsPlane.Testing.Servers;

/// <summary>The npm packages that <c>npm ci</c> laid beside the solution.</summary>
public static class NodePackages
{
    /// <summary>Path of a file below <c>node_modules</c>; null when it is not installed.</summary>
    public static string? Find(string relative)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var file = Path.Combine(at.FullName, "node_modules", relative);
            if (File.Exists(file))
                return file;
        }

        return null;
    }
}
