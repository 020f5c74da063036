namespace MlopsPlane.ModelRegistry.Webhooks.Events;

/// <summary>Every event, by the change that it comes from: MLflow 3.11's, and those of this product's own.</summary>
internal static class WebhookEvents
{
    public static readonly WebhookOccasion ModelCreated = Of("registered_model.created", "prompt.created");
    public static readonly WebhookOccasion ModelRenamed = Own("registered_model.renamed", "prompt.renamed");
    public static readonly WebhookOccasion ModelDeleted = Own("registered_model.deleted", "prompt.deleted");
    public static readonly WebhookOccasion ModelTagSet = Of(null, "prompt_tag.set");
    public static readonly WebhookOccasion ModelTagDeleted = Of(null, "prompt_tag.deleted");
    public static readonly WebhookOccasion VersionCreated = Of("model_version.created", "prompt_version.created");
    public static readonly WebhookOccasion VersionDeleted = Own("model_version.deleted", "prompt_version.deleted");
    public static readonly WebhookOccasion StageChanged = Own("model_version.stage_changed", "prompt_version.stage_changed");
    public static readonly WebhookOccasion VersionTagSet = Of("model_version_tag.set", "prompt_version_tag.set");
    public static readonly WebhookOccasion VersionTagDeleted = Of("model_version_tag.deleted", "prompt_version_tag.deleted");
    public static readonly WebhookOccasion AliasSet = Of("model_version_alias.created", "prompt_alias.created");
    public static readonly WebhookOccasion AliasDeleted = Of("model_version_alias.deleted", "prompt_alias.deleted");

    private static readonly WebhookOccasion[] Occasions =
    [
        ModelCreated, ModelRenamed, ModelDeleted, ModelTagSet, ModelTagDeleted, VersionCreated, VersionDeleted, StageChanged,
        VersionTagSet, VersionTagDeleted, AliasSet, AliasDeleted,
    ];

    private static readonly Dictionary<string, (WebhookEvent Event, WebhookOccasion Occasion)> ByName = Occasions
        .SelectMany(occasion => new[] { (Event: occasion.OfModel, Occasion: occasion), (Event: occasion.OfPrompt, Occasion: occasion) })
        .Where(pair => pair.Event is not null)
        .ToDictionary(pair => pair.Event!.Name, pair => (pair.Event!, pair.Occasion), StringComparer.Ordinal);

    /// <summary>The event of this <c>entity.action</c>; null when there is none.</summary>
    public static WebhookEvent? Find(string name) => ByName.TryGetValue(name, out var found) ? found.Event : null;

    /// <summary>The change that an event comes from.</summary>
    public static WebhookOccasion OccasionOf(WebhookEvent webhookEvent) => ByName[webhookEvent.Name].Occasion;

    /// <summary>What may happen to an entity, in alphabetical order.</summary>
    public static IEnumerable<string> ActionsOf(string entity) =>
        ByName.Values.Where(known => known.Event.Entity == entity).Select(known => known.Event.Action).Order(StringComparer.Ordinal);

    private static WebhookOccasion Of(string? ofModel, string ofPrompt) =>
        new(ofModel is null ? null : Parse(ofModel, isOwn: false), Parse(ofPrompt, isOwn: false));

    private static WebhookOccasion Own(string ofModel, string ofPrompt) => new(Parse(ofModel, isOwn: true), Parse(ofPrompt, isOwn: true));

    private static WebhookEvent Parse(string name, bool isOwn) => name.Split('.') is [var entity, var action]
        ? new WebhookEvent(entity, action, isOwn)
        : throw new ArgumentException($"'{name}' is no entity.action.", nameof(name));
}
