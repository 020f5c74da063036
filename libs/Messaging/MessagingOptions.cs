using System.ComponentModel.DataAnnotations;

namespace MlopsPlane.Messaging;

/// <summary>Section <c>Messaging</c>: how events travel between processes.</summary>
public sealed class MessagingOptions
{
    /// <summary>
    /// Address of the RabbitMQ broker, <c>amqp://host:5672/vhost</c> or <c>amqps://…</c>, without name and password.
    /// Empty: events of separate processes wait in the outbox.
    /// </summary>
    public string? RabbitMq { get; set; }

    /// <summary>Name at the broker.</summary>
    public string Username { get; set; } = "guest";

    /// <summary>Password at the broker.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds the password, instead of <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Deliveries that a consumer holds at once, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int Prefetch { get; set; } = 256;

    /// <summary>Most deliveries that a consumer applies in one transaction, 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int BatchSize { get; set; } = 128;

    /// <summary>Days after which a consumer forgets an aggregate that nothing was heard of, 7 to 3,650.</summary>
    [Range(7, 3_650)]
    public int InboxRetentionDays { get; set; } = 30;

    internal TimeSpan InboxMemory => TimeSpan.FromDays(InboxRetentionDays);

    /// <summary>What is wrong with the address; null when it is good or empty.</summary>
    internal static string? Problem(MessagingOptions options)
    {
        if (string.IsNullOrEmpty(options.RabbitMq))
            return null;
        if (!Uri.TryCreate(options.RabbitMq, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
            return "Messaging:RabbitMq must be an address like amqp://host:5672/vhost.";
        if (uri.UserInfo.Length > 0)
            return "Messaging:RabbitMq must not hold a name or password: use Messaging:Username and Messaging:PasswordFile.";
        return options is { Password: not null, PasswordFile: not null } ? "Messaging:Password and Messaging:PasswordFile exclude each other." : null;
    }
}
