using System.Collections.Concurrent;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging;

namespace MlopsPlane.EventHost;

/// <summary>What a test sees of the handlers of a host, and how it makes them fail.</summary>
public sealed class HandlerControl
{
    /// <summary>Descriptions of the events that were handled, in order; some may have been rolled back.</summary>
    public ConcurrentQueue<string> Handled { get; } = new();

    /// <summary>Descriptions whose handling fails.</summary>
    public ConcurrentDictionary<string, bool> Poison { get; } = new(StringComparer.Ordinal);

    /// <summary>All handling fails.</summary>
    public bool Broken { get; set; }

    /// <summary>Trace of the last event that was handled.</summary>
    public System.Diagnostics.ActivityContext LastTrace { get; set; }
}

internal sealed class RecordingHandler(HandlerControl control, MessagesDb db) : IEventHandler<WorkspaceCreated>
{
    public Task HandleAsync(WorkspaceCreated fact, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidDataException("A handler runs inside the transaction of its inbox.");
        if (control.Broken || control.Poison.ContainsKey(fact.Description!))
            throw new InvalidOperationException($"cannot handle {fact.Description}");
        db.Add(new Effect { Workspace = fact.Workspace, What = fact.Description! });
        control.LastTrace = System.Diagnostics.Activity.Current?.Context ?? default;
        control.Handled.Enqueue(fact.Description!);
        return Task.CompletedTask;
    }
}
