namespace MlopsPlane.Hosting;

/// <summary>Bounds that hold for every endpoint that does not set its own.</summary>
public static class RequestLimits
{
    /// <summary>Largest request body: a dataset profile of 16 MiB with its escapes fits.</summary>
    public const long DefaultBodyBytes = 48 * 1024 * 1024;
}
