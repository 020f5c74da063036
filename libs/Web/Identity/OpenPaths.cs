namespace MlopsPlane.Web.Identity;

/// <summary>
/// Paths of a module that answer without any identity beside the probes of every process, as clients of a protocol and
/// orchestrators expect of its health questions. Their endpoints are <see cref="AccessPolicy.Public"/>.
/// </summary>
public sealed record OpenPaths(IReadOnlyList<string> Paths);
