namespace MlopsPlane.Architecture.Tests;

/// <summary>What the product shows of itself, stored: a change of it is seen, and meant. <c>PLANE_UPDATE_GOLDEN=1</c> writes it anew.</summary>
internal static class GoldenFile
{
    /// <param name="path">Relative to the checkout.</param>
    public static void Matches(string path, string now)
    {
        var file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("PLANE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, now);
        }

        Assert.True(File.Exists(file), $"{path} is missing; PLANE_UPDATE_GOLDEN=1 writes it.");
        Assert.Equal(File.ReadAllText(file), now);
    }
}
