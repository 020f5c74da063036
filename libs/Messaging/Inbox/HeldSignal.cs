using MlopsPlane.Primitives;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>Tells the loop of one consumer that its inbox holds something to be repeated.</summary>
public sealed class HeldSignal : WakeSignal;
