using System.Text.RegularExpressions;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.ModelRegistry.Webhooks.Events;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>What a webhook may be, with MLflow's messages where it has the rule.</summary>
internal static partial class WebhookRules
{
    /// <summary>Webhooks of one workspace.</summary>
    public const int MaxWebhooks = 100;

    private const int MaxDescriptionLength = 1000;
    private const int MaxSecretLength = 1000;

    public static ProtoEnum Status { get; } = new((Webhook.Active, 1), (Webhook.Disabled, 2));

    public static string CheckName(string name) => Name().IsMatch(name)
        ? name
        : throw MlflowErrors.Invalid(
            $"Webhook name {PythonText.Repr(name)} is invalid. It must start and end with a letter or digit, be less than 63 characters long, and "
            + "contain only letters, digits, dots (.), underscores (_), and hyphens (-).");

    public static string CheckDescription(string description)
    {
        KeyRules.CheckLength(description, MaxDescriptionLength, "description");
        return description;
    }

    public static string CheckSecret(string secret)
    {
        KeyRules.CheckLength(secret, MaxSecretLength, "secret");
        return secret;
    }

    /// <summary>The events of a request, each once.</summary>
    public static List<WebhookEvent> CheckEvents(MlflowMessage request)
    {
        var events = request.Messages("events", WebhookEventMessage.Schema).Select((message, i) => WebhookEventMessage.Read(message, $"events[{i}]")).Distinct().ToList();
        return events.Count > 0
            ? events
            : throw MlflowErrors.Invalid("Webhook events must be a non-empty list of WebhookEvent objects: [].");
    }

    public static void SetEvents(this Webhook webhook, IReadOnlyList<WebhookEvent> events)
    {
        webhook.Events = string.Join(Webhook.EventSeparator, events.Select(one => one.Name));
        webhook.HasMlflowEvents = events.Any(one => !one.IsOwn);
    }

    [GeneratedRegex(@"^(?=.{1,63}\z)[a-z0-9]([a-z0-9._-]*[a-z0-9])?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
