using System.Diagnostics;

namespace MlopsPlane.Messaging;

/// <summary>Spans of events on their way; they hang below the request that caused the event.</summary>
internal static class MessagingTrace
{
    public static readonly ActivitySource Source = new("MlopsPlane.Messaging");
}
