namespace MlopsPlane.Contracts.Access;

/// <summary>Access's question to the services that keep things in workspaces: is anything left in this one?</summary>
public interface IWorkspaceContents
{
    /// <summary>Kinds of things with their counts, in the order in which they are reported; empty kinds are left out.</summary>
    Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct);
}

/// <param name="Kind">Plural in snake case: <c>experiments</c>, <c>registered_models</c>.</param>
public sealed record WorkspaceResource(string Kind, long Count);
