using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Webhooks.Events;

/// <summary>MLflow's message of an event: entity and action by the names or numbers of its enums, and this product's own actions.</summary>
internal static class WebhookEventMessage
{
    private const string Budget = "BUDGET_POLICY";

    private static readonly ProtoEnum Entity = new(
        ("REGISTERED_MODEL", 1), ("MODEL_VERSION", 2), ("MODEL_VERSION_TAG", 3), ("MODEL_VERSION_ALIAS", 4), ("PROMPT", 5), ("PROMPT_VERSION", 6),
        ("PROMPT_TAG", 7), ("PROMPT_VERSION_TAG", 8), ("PROMPT_ALIAS", 9), (Budget, 10));

    // From 100 on they are ours.
    private static readonly ProtoEnum Action = new(
        ("CREATED", 1), ("UPDATED", 2), ("DELETED", 3), ("SET", 4), ("EXCEEDED", 5), ("RENAMED", 101), ("STAGE_CHANGED", 102));

    public static readonly MessageSchema Schema = new(Field.Enum("entity", Entity), Field.Enum("action", Action));

    /// <exception cref="PlaneException">400: it is no event that this server knows.</exception>
    /// <param name="path">The parameter as an error names it, e.g. <c>events[0]</c>.</param>
    public static WebhookEvent Read(MlflowMessage message, string path)
    {
        var entity = message.Enum("entity", Entity) ?? throw Unknown(path, "entity", Entity);
        if (entity == Budget)
            throw MlflowErrors.Invalid($"Invalid value for parameter '{path}.entity' supplied: there are no budget policies here whose events could fire.");
        var action = message.Enum("action", Action) ?? throw Unknown(path, "action", Action);
        var (lowerEntity, lowerAction) = (entity.ToLowerInvariant(), action.ToLowerInvariant());
        return WebhookEvents.Find($"{lowerEntity}.{lowerAction}") ?? throw MlflowErrors.Invalid(
            $"Invalid action '{lowerAction}' for entity '{lowerEntity}'. Valid actions are: {PythonText.Repr(WebhookEvents.ActionsOf(lowerEntity))}");
    }

    private static PlaneException Unknown(string path, string field, ProtoEnum type) => MlflowErrors.Invalid(
        $"Invalid value for parameter '{path}.{field}' supplied: it must be one of {string.Join(", ", type.Names)}.");
}
