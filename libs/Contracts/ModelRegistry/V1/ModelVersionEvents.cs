namespace MlopsPlane.Contracts.ModelRegistry.V1;

/// <summary>A version of a registered model was created.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Model">Name of the registered model.</param>
/// <param name="Version">Number of the version, 1 or more.</param>
/// <param name="Source">What the client named as the version's source.</param>
/// <param name="RunId">The run that produced it, if any.</param>
/// <param name="LoggedModelId">The logged model that it was registered from, if any.</param>
/// <param name="CreatedAt">When, UTC.</param>
public sealed record ModelVersionCreated(
    string Workspace, string Model, int Version, string Source, string? RunId, string? LoggedModelId, DateTimeOffset CreatedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>A version was deleted; its number is never used again.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Model">Name of the registered model.</param>
/// <param name="Version">Number that the version had.</param>
/// <param name="RunId">The run that produced it, if any.</param>
/// <param name="LoggedModelId">The logged model that it was registered from, if any.</param>
/// <param name="DeletedAt">When, UTC.</param>
public sealed record ModelVersionDeleted(
    string Workspace, string Model, int Version, string? RunId, string? LoggedModelId, DateTimeOffset DeletedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>An alias points to another version, or to none.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Model">Name of the registered model.</param>
/// <param name="Alias">Name of the alias.</param>
/// <param name="From">Version before; null when the alias did not exist.</param>
/// <param name="To">Version now; null when the alias was removed.</param>
/// <param name="Actor">Who did it, as far as is known.</param>
/// <param name="Reason">Why, if the caller said.</param>
/// <param name="MovedAt">When, UTC.</param>
public sealed record AliasMoved(
    string Workspace, string Model, string Alias, int? From, int? To, string? Actor, string? Reason, DateTimeOffset MovedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>A version changed its stage (None, Staging, Production, Archived).</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Model">Name of the registered model.</param>
/// <param name="Version">Number of the version.</param>
/// <param name="From">Stage before.</param>
/// <param name="To">Stage now.</param>
/// <param name="Actor">Who did it, as far as is known.</param>
/// <param name="Reason">Why, if the caller said.</param>
/// <param name="ChangedAt">When, UTC.</param>
public sealed record StageChanged(
    string Workspace, string Model, int Version, string From, string To, string? Actor, string? Reason, DateTimeOffset ChangedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}

/// <summary>A registered model has another name; its versions, tags and aliases came along.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Model">Name before, which the aggregate carries.</param>
/// <param name="NewName">Name now.</param>
/// <param name="RenamedAt">When, UTC.</param>
public sealed record ModelRenamed(string Workspace, string Model, string NewName, DateTimeOffset RenamedAt) : IModelEvent
{
    public string Aggregate => $"model:{Workspace}/{Model}";
}
