using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

/// <summary>The product as it is started to send to receivers on this machine, with little patience.</summary>
public abstract class WebhookPlane : PlaneFixture
{
    /// <summary>Attempts after which a delivery is given up here.</summary>
    public const int MaxAttempts = 4;

    protected override IPlaneModule[] Modules => Product.Modules;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("Webhooks:AllowHttp", "true"), new("Webhooks:AllowedPrivateHosts:0", "127.0.0.1"), new("Webhooks:RetrySeconds", "0.1"),
        new("Webhooks:MaxAttempts", $"{MaxAttempts}"), new("Webhooks:TimeoutSeconds", "2"),
    ];
}

public sealed class WebhookPlaneOnSqlite : WebhookPlane
{
    protected override bool OnPostgres => false;
}

public sealed class WebhookPlaneOnPostgres : WebhookPlane
{
    protected override bool OnPostgres => true;
}
