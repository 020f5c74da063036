using Microsoft.AspNetCore.Http;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.Access.Audit;

/// <summary>
/// One change of who may do what: the change, its line in the audit log and the new version that tells every process
/// to forget what it knows, in one transaction.
/// </summary>
internal sealed class AccessChange(AccessDb db, IdentitySignal signal, TimeProvider clock)
{
    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long Now => clock.NowMilliseconds();

    /// <param name="action">Thing and verb: <c>keys.revoke</c>.</param>
    /// <param name="target">What it is done to.</param>
    /// <param name="details">What was asked for; no secrets.</param>
    public async Task<T> RunAsync<T>(
        HttpContext http, string action, string target, string? workspace, object? details, Func<AccessDb, CancellationToken, Task<T>> work)
    {
        return await RunAsync(Origin.Of(http), action, target, workspace, details, work, http.RequestAborted);
    }

    /// <inheritdoc cref="RunAsync{T}(HttpContext, string, string, string, object, Func{AccessDb, CancellationToken, Task{T}})"/>
    public async Task<T> RunAsync<T>(
        Origin origin, string action, string target, string? workspace, object? details, Func<AccessDb, CancellationToken, Task<T>> work,
        CancellationToken ct)
    {
        var result = await db.WriteAsync(async token =>
        {
            // First, so that changes come one after the other and none judges by what another is about to change.
            await db.BumpVersionAsync(token);
            var changed = await work(db, token);
            db.Audit.Add(origin.Entry(Now, action, target, workspace, details));
            return changed;
        }, ct);
        signal.Wake();
        return result;
    }
}
