namespace MlopsPlane.Contracts.ModelRegistry.V1;

/// <summary>A version of a registered model was created.</summary>
/// <param name="Source">What the client named as the version's source.</param>
/// <param name="RunId">The run that produced it, if any.</param>
/// <param name="LoggedModelId">The logged model that it was registered from, if any.</param>
public sealed record ModelVersionCreated(
    string Workspace, string Model, int Version, string Source, string? RunId, string? LoggedModelId, DateTimeOffset CreatedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>A version was deleted; its number is never used again.</summary>
public sealed record ModelVersionDeleted(
    string Workspace, string Model, int Version, string? RunId, string? LoggedModelId, DateTimeOffset DeletedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>An alias points to another version, or to none.</summary>
/// <param name="From">Version before; null when the alias did not exist.</param>
/// <param name="To">Version now; null when the alias was removed.</param>
/// <param name="Actor">Who moved it, as far as is known.</param>
/// <param name="Reason">Why, if the caller said.</param>
public sealed record AliasMoved(
    string Workspace, string Model, string Alias, int? From, int? To, string? Actor, string? Reason, DateTimeOffset MovedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>A version changed its stage (None, Staging, Production, Archived).</summary>
public sealed record StageChanged(
    string Workspace, string Model, int Version, string From, string To, string? Actor, string? Reason, DateTimeOffset ChangedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>A registered model has another name; its versions, tags and aliases came along.</summary>
public sealed record ModelRenamed(string Workspace, string Model, string NewName, DateTimeOffset RenamedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}
