namespace MlopsPlane.Contracts.Access.V1;

/// <summary>A member or group was given something, or something was taken back.</summary>
/// <param name="Subject"><c>user:NAME</c>, <c>service:NAME</c> or <c>group:NAME</c>.</param>
public sealed record GrantsChanged(string Subject, DateTimeOffset ChangedAt) : ISubjectEvent
{
    public string Aggregate => $"subject:{Subject}";
}
