using System.Text.Json;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

/// <summary>What tests do with webhooks again and again.</summary>
internal static class WebhookCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Events of a request from <c>ENTITY.ACTION</c>.</summary>
    public static object[] Events(params string[] names) =>
        [.. names.Select(name => name.Split('.')).Select(parts => new { entity = parts[0], action = parts[1] })];

    /// <summary>Makes a webhook; returns its id.</summary>
    public static async Task<string> WebhookAsync(this RegistryClient registry, string url, string? secret, params string[] events) =>
        (await registry.PostAsync("/webhooks", new { name = "hook", url, events = Events(events), secret })).GetProperty("webhook").GetProperty("webhook_id").GetString()!;

    public static Task<JsonElement> LogAsync(this RegistryClient registry, string webhook, string query = "") =>
        registry.GetAsync($"/api/v1/registry/webhooks/{webhook}/deliveries{query}");

    /// <summary>The log, once every delivery in it has come to its end and there are that many.</summary>
    public static async Task<List<JsonElement>> SettledAsync(this RegistryClient registry, string webhook, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var deliveries = (await registry.LogAsync(webhook)).GetProperty("deliveries").EnumerateArray().ToList();
            if (deliveries.Count >= count && deliveries.TrueForAll(one => one.Text("status") != "waiting"))
                return deliveries;
            await Task.Delay(20, patience.Token);
        }
    }

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
