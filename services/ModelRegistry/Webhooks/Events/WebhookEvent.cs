namespace MlopsPlane.ModelRegistry.Webhooks.Events;

/// <summary>Something that a webhook may fire on.</summary>
/// <param name="Entity">As payloads name it: <c>model_version</c>.</param>
/// <param name="Action">As payloads name it: <c>created</c>.</param>
/// <param name="IsOwn">MLflow has no such event, and its client fails when it is shown one.</param>
internal sealed record WebhookEvent(string Entity, string Action, bool IsOwn)
{
    /// <summary><c>entity.action</c>.</summary>
    public string Name { get; } = $"{Entity}.{Action}";
}

/// <summary>A kind of change in the registry, which is one event of a model and another one of a prompt.</summary>
/// <param name="OfModel">Null when the change of a model is no event.</param>
internal sealed record WebhookOccasion(WebhookEvent? OfModel, WebhookEvent OfPrompt)
{
    public WebhookEvent? Of(bool isPrompt) => isPrompt ? OfPrompt : OfModel;
}
