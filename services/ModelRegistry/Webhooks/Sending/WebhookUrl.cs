using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Outbound;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>
/// What may be named as a receiver, with MLflow's messages where it has them. Names are not looked up here: what they
/// resolve to is judged at each connection.
/// </summary>
internal sealed class WebhookUrl([FromKeyedServices(WebhookClient.Name)] AddressRule addresses, IOptions<WebhookOptions> options)
{
    private const int MaxLength = 2048;

    /// <summary>The address, when it is one that may be sent to.</summary>
    /// <exception cref="PlaneException">400: it is not.</exception>
    public Uri Check(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw MlflowErrors.Invalid($"Webhook URL cannot be empty or just whitespace: {PythonText.Repr(text)}");
        KeyRules.CheckLength(text, MaxLength, "url");
        if (text.Any(c => c is <= ' ' or '\\' or '\x7f') || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            throw MlflowErrors.Invalid($"Invalid webhook URL: {PythonText.Repr(text)}. It must be an absolute URL without spaces, control characters and backslashes.");
        var schemes = options.Value.AllowHttp ? "https, http" : "https";
        if (url.Scheme != Uri.UriSchemeHttps && !(options.Value.AllowHttp && url.Scheme == Uri.UriSchemeHttp))
            throw MlflowErrors.Invalid($"Invalid webhook URL scheme: {PythonText.Repr(url.Scheme)}. Allowed schemes are: {schemes}.");
        if (url.UserInfo.Length > 0)
            throw MlflowErrors.Invalid("Webhook URL must not contain credentials. Let the receiver verify the signature instead.");
        if (url.IdnHost.Length == 0)
            throw MlflowErrors.Invalid($"Webhook URL must include a hostname: {PythonText.Repr(text)}");
        if (addresses.Refused(url.IdnHost) is { } refused)
            throw NotPublic(url.IdnHost.TrimEnd('.'), refused.ToString());
        return url;
    }

    private static PlaneException NotPublic(string host, string address) => MlflowErrors.Invalid(
        $"Webhook URL must not resolve to a non-public IP address. {PythonText.Repr(host)} resolves to {address}.");
}
