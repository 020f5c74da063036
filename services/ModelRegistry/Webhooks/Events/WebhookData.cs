using System.Text.Json;
using MlopsPlane.ModelRegistry.Tags;

namespace MlopsPlane.ModelRegistry.Webhooks.Events;

/// <summary>The <c>data</c> of payloads, in the forms that MLflow gives them.</summary>
internal static class WebhookData
{
    private static readonly KeyValuePair<string, string>[] ExampleTags = [new("example_key", "example_value")];

    /// <summary>A model or prompt that was created.</summary>
    public static Action<Utf8JsonWriter> Created(string name, IEnumerable<KeyValuePair<string, string>> tags, string description) => writer =>
    {
        writer.WriteString("name", name);
        WriteTags(writer, tags.Where(tag => tag.Key != TagRules.IsPrompt));
        WriteText(writer, "description", description);
    };

    /// <summary>A version of a model that was created.</summary>
    public static Action<Utf8JsonWriter> VersionCreated(
        string name, int version, string source, string? runId, IEnumerable<KeyValuePair<string, string>> tags, string description) => writer =>
    {
        WriteVersion(writer, name, version);
        writer.WriteString("source", source);
        WriteText(writer, "run_id", runId);
        WriteTags(writer, tags);
        WriteText(writer, "description", description);
    };

    /// <summary>A version of a prompt that was created; its text is a tag there and a field here.</summary>
    public static Action<Utf8JsonWriter> PromptVersionCreated(
        string name, int version, IReadOnlyDictionary<string, string> tags, string description) => writer =>
    {
        WriteVersion(writer, name, version);
        writer.WriteString("template", tags.GetValueOrDefault(TagRules.PromptText));
        WriteTags(writer, tags.Where(tag => tag.Key is not (TagRules.IsPrompt or TagRules.PromptText)));
        WriteText(writer, "description", description);
    };

    /// <summary>Whatever else happens to a model or prompt: its name and some texts.</summary>
    public static Action<Utf8JsonWriter> Of(string name, params (string Field, string Value)[] fields) => writer =>
    {
        writer.WriteString("name", name);
        foreach (var (field, value) in fields)
            writer.WriteString(field, value);
    };

    /// <summary>The same of one of its versions.</summary>
    public static Action<Utf8JsonWriter> Of(string name, int version, params (string Field, string Value)[] fields) => writer =>
    {
        WriteVersion(writer, name, version);
        foreach (var (field, value) in fields)
            writer.WriteString(field, value);
    };

    /// <summary>What a test of a webhook sends.</summary>
    public static Action<Utf8JsonWriter> Example(WebhookEvent webhookEvent)
    {
        var occasion = WebhookEvents.OccasionOf(webhookEvent);
        var isPrompt = ReferenceEquals(webhookEvent, occasion.OfPrompt);
        var (name, what) = isPrompt ? ("example_prompt", "prompt") : ("example_model", "registered model");
        if (occasion == WebhookEvents.ModelCreated)
            return Created(name, ExampleTags, $"An example {what}");
        if (occasion == WebhookEvents.VersionCreated)
            return isPrompt
                ? PromptVersionCreated(name, 1, new Dictionary<string, string>(ExampleTags, StringComparer.Ordinal) { [TagRules.PromptText] = "Hello {{name}}!" }, "An example prompt version")
                : VersionCreated(name, 1, "models:/123", "abcd1234abcd5678", ExampleTags, "An example model version");
        if (occasion == WebhookEvents.ModelRenamed)
            return Of(name, ("new_name", name + "_2"));
        if (occasion == WebhookEvents.ModelDeleted)
            return Of(name);
        if (occasion == WebhookEvents.ModelTagSet)
            return Of(name, ("key", "example_key"), ("value", "example_value"));
        if (occasion == WebhookEvents.ModelTagDeleted)
            return Of(name, ("key", "example_key"));
        if (occasion == WebhookEvents.VersionTagSet)
            return Of(name, 1, ("key", "example_key"), ("value", "example_value"));
        if (occasion == WebhookEvents.VersionTagDeleted)
            return Of(name, 1, ("key", "example_key"));
        if (occasion == WebhookEvents.StageChanged)
            return Of(name, 1, ("from_stage", "Staging"), ("to_stage", "Production"));
        if (occasion == WebhookEvents.AliasSet)
            return Of(name, ("alias", "example_alias"), ("version", "1"));
        return occasion == WebhookEvents.AliasDeleted ? Of(name, ("alias", "example_alias")) : Of(name, 1);
    }

    private static void WriteVersion(Utf8JsonWriter writer, string name, int version)
    {
        writer.WriteString("name", name);
        writer.WriteString("version", version.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void WriteTags(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> tags)
    {
        writer.WriteStartObject("tags");
        foreach (var (key, value) in tags)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    /// <summary>A text, or null where it is empty.</summary>
    private static void WriteText(Utf8JsonWriter writer, string field, string? value) =>
        writer.WriteString(field, string.IsNullOrEmpty(value) ? null : value);
}
