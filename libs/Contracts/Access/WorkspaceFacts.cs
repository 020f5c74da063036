namespace MlopsPlane.Contracts.Access;

/// <summary>What the other services may know of a workspace that exists.</summary>
/// <param name="ArtifactRoot">Root of its new experiments' artifacts; null for the product's own place.</param>
public sealed record WorkspaceFacts(string Name, string? ArtifactRoot);
