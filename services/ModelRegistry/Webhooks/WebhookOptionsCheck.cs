using System.Net;
using Microsoft.Extensions.Options;
using MlopsPlane.ModelRegistry.Webhooks.Secrets;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>What annotations cannot say of the options.</summary>
internal sealed class WebhookOptionsCheck : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var faults = new List<string>();
        if (options.SecretKey is { Length: > 0 } key && WebhookKey.Parse(key) is null)
            faults.Add($"Webhooks:SecretKey must be {WebhookKey.Length} bytes in base64.");
        if (options is { SecretKey.Length: > 0, SecretKeyFile.Length: > 0 })
            faults.Add("Webhooks:SecretKey and Webhooks:SecretKeyFile must not both be given.");
        else if (options.SecretKeyFile is { Length: > 0 } file && KeyIn(file) is null)
            faults.Add($"Webhooks:SecretKeyFile must name a readable file of {WebhookKey.Length} bytes in base64.");
        foreach (var entry in options.AllowedPrivateHosts.Where(entry => entry.Contains('/') && !IPNetwork.TryParse(entry, out _)))
            faults.Add($"Webhooks:AllowedPrivateHosts: '{entry}' is no network.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static byte[]? KeyIn(string file)
    {
        try
        {
            return WebhookKey.Parse(File.ReadAllText(file));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
