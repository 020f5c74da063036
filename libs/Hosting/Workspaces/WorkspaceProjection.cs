using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting.Workspaces;

/// <summary>What a service does when it meets a workspace for the first time, in the transaction that stores it.</summary>
public interface IWorkspaceInitializer<in TDb> where TDb : PlaneDb
{
    Task InitializeAsync(TDb db, int workspaceId, string name, CancellationToken ct);
}

/// <summary>
/// Resolves a workspace's name to the service's own key. After the first use it is a look-up in memory; the first use
/// asks Access and stores the workspace here. What is remembered is looked up again from time to time, since another
/// replica may have handled the workspace's deletion.
/// </summary>
public sealed class WorkspaceProjection<TDb>(
    IServiceScopeFactory scopes, IWorkspaceDirectory directory, IEnumerable<IWorkspaceInitializer<TDb>> initializers, TimeProvider clock)
    where TDb : PlaneDb
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, (int Id, long Since)> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, bool> retired = new();

    /// <summary>The key of the request's workspace.</summary>
    /// <exception cref="PlaneException">404: there is no such workspace.</exception>
    public ValueTask<int> ResolveAsync(HttpContext http) => ResolveAsync(http.Workspace(), http.RequestAborted);

    /// <inheritdoc cref="ResolveAsync(HttpContext)"/>
    public ValueTask<int> ResolveAsync(string name, CancellationToken ct) =>
        known.TryGetValue(name, out var found) && clock.GetElapsedTime(found.Since) < Remembered ? new(found.Id) : new(LearnAsync(name, ct));

    /// <summary>Forgets a workspace whose deletion is about to be committed; its key is never given out again.</summary>
    internal void Retire(string name, int id)
    {
        retired[id] = true;
        known.TryRemove(name, out _);
    }

    /// <summary>The key of a workspace that exists, stored if it is new here; in the transaction that the caller has open.</summary>
    internal async Task<int> EnsureAsync(TDb db, string name, CancellationToken ct) =>
        await FindAsync(db, name, ct) is > 0 and var id ? id : await AddAsync(db, name, ct);

    private async Task<int> LearnAsync(string name, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var id = await FindAsync(db, name, ct);
        if (id == 0)
        {
            if (!await directory.EnsureAsync(name, ct))
                throw PlaneError.NotFound("RESOURCE_DOES_NOT_EXIST", $"Workspace '{name}' not found").ToException();
            id = await StoreAsync(db, name, ct);
        }

        known[name] = (id, clock.GetTimestamp());
        // Read before the deletion was committed, or remembered after it was announced.
        if (!retired.ContainsKey(id))
            return id;
        known.TryRemove(name, out _);
        throw PlaneError.NotFound("RESOURCE_DOES_NOT_EXIST", $"Workspace '{name}' not found").ToException();
    }

    private static Task<int> FindAsync(TDb db, string name, CancellationToken ct) =>
        db.Set<WorkspaceRow>().Where(row => row.Name == name).Select(row => row.Id).SingleOrDefaultAsync(ct);

    private async Task<int> StoreAsync(TDb db, string name, CancellationToken ct)
    {
        try
        {
            return await db.WriteAsync(token => AddAsync(db, name, token), ct);
        }
        catch (DbUpdateException raced) when (db.Provider.IsDuplicateKey(raced))
        {
            db.ChangeTracker.Clear();
            return await FindAsync(db, name, ct);
        }
    }

    private async Task<int> AddAsync(TDb db, string name, CancellationToken ct)
    {
        var row = new WorkspaceRow { Name = name };
        db.Add(row);
        await db.SaveChangesAsync(ct);
        foreach (var initializer in initializers)
            await initializer.InitializeAsync(db, row.Id, name, ct);
        return row.Id;
    }
}
