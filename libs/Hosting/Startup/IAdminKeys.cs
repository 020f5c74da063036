namespace MlopsPlane.Hosting.Startup;

/// <summary>Makes keys that may do everything, for whoever can run this process's program on its data.</summary>
public interface IAdminKeys
{
    /// <summary>A key, when nobody has a good one yet; else null.</summary>
    Task<string?> MakeFirstAsync(CancellationToken ct);

    /// <summary>Another key.</summary>
    /// <param name="reason">What it is for, as its description.</param>
    Task<string> MakeAsync(string reason, CancellationToken ct);
}
