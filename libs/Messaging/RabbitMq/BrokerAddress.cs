using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>How to reach the broker; the password goes nowhere else.</summary>
internal sealed class BrokerAddress(IOptions<MessagingOptions> options)
{
    private static readonly TimeSpan ConnectBound = TimeSpan.FromSeconds(5);

    public bool IsSet => !string.IsNullOrEmpty(options.Value.RabbitMq);

    public Uri Uri => new(options.Value.RabbitMq!);

    public string Username => options.Value.Username;

    public string Password => options.Value switch
    {
        { PasswordFile: { } file } => File.ReadAllText(file).Trim(),
        { Password: { } password } => password,
        _ => "guest",
    };

    public override string ToString() => IsSet ? $"{Uri.Scheme}://{Uri.Authority}{Uri.AbsolutePath}" : "none";

    public ConnectionFactory Factory(string name) => new()
    {
        Uri = Uri,
        UserName = Username,
        Password = Password,
        ClientProvidedName = name,
        AutomaticRecoveryEnabled = false,
        RequestedConnectionTimeout = ConnectBound,
        ContinuationTimeout = ConnectBound,
        HandshakeContinuationTimeout = ConnectBound,
        // A peer that vanished without a word is noticed after two of these.
        RequestedHeartbeat = TimeSpan.FromSeconds(10),
    };
}
