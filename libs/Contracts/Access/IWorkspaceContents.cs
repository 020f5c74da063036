namespace MlopsPlane.Contracts.Access;

/// <summary>Access's questions to the services that keep things in workspaces, before it deletes one.</summary>
public interface IWorkspaceContents
{
    /// <summary>Kinds of things with their counts, in the order in which they are reported; empty kinds are left out.</summary>
    Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct);

    /// <summary>
    /// The things that cannot move to <paramref name="target"/>, because it has others of their kind and name; by name,
    /// and only as many as an answer can tell.
    /// </summary>
    Task<IReadOnlyList<WorkspaceClash>> ClashesAsync(string workspace, string target, CancellationToken ct);
}

/// <param name="Kind">Plural in snake case: <c>experiments</c>, <c>registered_models</c>.</param>
public sealed record WorkspaceResource(string Kind, long Count);

/// <inheritdoc cref="WorkspaceResource"/>
public sealed record WorkspaceClash(string Kind, string Name)
{
    /// <summary>Most clashes that one service tells.</summary>
    public const int AtMost = 100;
}
