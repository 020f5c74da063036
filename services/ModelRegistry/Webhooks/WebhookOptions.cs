using System.ComponentModel.DataAnnotations;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>Section <c>Webhooks</c>: where changes of the registry may be sent, and how.</summary>
public sealed class WebhookOptions
{
    /// <summary>Whether receivers may be named by <c>http</c> beside <c>https</c>; what is sent to them can be read on the way.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>
    /// Receivers that may lie at addresses which are not public: names of hosts (<c>*.example.internal</c> for all of a
    /// domain), which may then resolve to any address, or networks (<c>10.0.0.0/8</c>) and single addresses, which any name may
    /// resolve to.
    /// </summary>
    public IList<string> AllowedPrivateHosts { get; } = [];

    /// <summary>32 random bytes in base64 that encrypt the secrets of webhooks in the database; the same for every replica.</summary>
    public string? SecretKey { get; set; }

    /// <summary>A file that holds what <see cref="SecretKey"/> would.</summary>
    public string? SecretKeyFile { get; set; }

    /// <summary>Seconds from the start of a delivery to the receiver's answer, name look-up and connection included.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Attempts after which a delivery is given up.</summary>
    [Range(1, 50)]
    public int MaxAttempts { get; set; } = 12;

    /// <summary>Seconds before the first repetition; each later one waits about twice as long, an hour at most.</summary>
    [Range(0.05, 3600)]
    public double RetrySeconds { get; set; } = 5;

    /// <summary>Deliveries that one process has under way; one workspace gets at most half of them.</summary>
    [Range(2, 1000)]
    public int Concurrency { get; set; } = 32;

    /// <summary>Deliveries to one webhook that one process has under way; with more than one they overtake each other.</summary>
    [Range(1, 32)]
    public int ConcurrencyPerWebhook { get; set; } = 1;

    /// <summary>Days that a delivery is kept in the log after its end, and that one may wait for its end.</summary>
    [Range(1, 365)]
    public int RetentionDays { get; set; } = 7;
}
