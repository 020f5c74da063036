using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>Tells the sender that a delivery is due or that it has room for one; it looks every second too.</summary>
internal sealed class WebhookSignal : WakeSignal;
