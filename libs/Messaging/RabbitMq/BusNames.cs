namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// The names that MassTransit gives to message types, made from a full type name, so that a relay can also send an
/// event that only a newer build knows.
/// </summary>
internal static class BusNames
{
    /// <summary>Exchange of a type: <c>Namespace:Name</c>.</summary>
    public static string Exchange(string fullName)
    {
        var (space, name) = Split(fullName);
        return $"{space}:{name}";
    }

    /// <summary>Message URN of a type: <c>urn:message:Namespace:Name</c>.</summary>
    public static string Urn(string fullName) => "urn:message:" + Exchange(fullName);

    /// <summary>Exchange and queue that take what a consumer's queue cannot deliver.</summary>
    public static string DeadLetters(string queue) => queue + "_error";

    private static (string Space, string Name) Split(string fullName) =>
        fullName.LastIndexOf('.') is > 0 and var dot ? (fullName[..dot], fullName[(dot + 1)..]) : throw new ArgumentException($"'{fullName}' has no namespace.", nameof(fullName));
}
