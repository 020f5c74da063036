using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Keys;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Roles;
using MlopsPlane.Access.Storage;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Startup;

/// <summary>Keys with which somebody who has the machine, and no key, begins or begins again.</summary>
internal sealed class AdminKeys(IServiceScopeFactory scopes, TimeProvider clock) : IAdminKeys
{
    private static readonly string Owner = Subject.OfService("admin");

    public async Task<string?> MakeFirstAsync(CancellationToken ct)
    {
        try
        {
            return await MakeAsync("first start", onlyFirst: true, ct);
        }
        catch (NotTheFirstException)
        {
            return null;
        }
    }

    public Task<string> MakeAsync(string reason, CancellationToken ct) => MakeAsync(reason, onlyFirst: false, ct);

    private async Task<string> MakeAsync(string reason, bool onlyFirst, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var change = scope.ServiceProvider.GetRequiredService<AccessChange>();
        var made = NewKey.For(Owner, reason, expiresAt: null, CallerIdentity.LocalName, clock);
        await change.RunAsync(
            new Origin(CallerIdentity.LocalName, null, null), "keys.create", Owner, null, new { made.Row.Id, made.Row.Prefix, reason }, async (db, token) =>
            {
                // Judged here, since another process may be starting on the same database.
                if (onlyFirst && await HasKeyAsync(db, token))
                    throw new NotTheFirstException();
                await EnsureOwnerAsync(db, token);
                db.Keys.Add(made.Row);
                return made;
            }, ct);
        return made.Secret;
    }

    /// <summary>Any key will do: who has one was let in before, and "admin-key" makes another.</summary>
    private async Task<bool> HasKeyAsync(AccessDb db, CancellationToken ct)
    {
        var now = clock.NowMilliseconds();
        return await db.Keys.AnyAsync(row => row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now), ct);
    }

    /// <summary>The account may do everything again, whatever it was denied since: of all its grants only the role that allows everything stays.</summary>
    private async Task EnsureOwnerAsync(AccessDb db, CancellationToken ct)
    {
        var now = clock.NowMilliseconds();
        if (await db.Members.SingleOrDefaultAsync(row => row.Subject == Owner, ct) is { } existing)
            existing.Disabled = false;
        else
            db.Members.Add(new Member { Subject = Owner, Description = "Made by the command line", CreatedAt = now, CreatedBy = CallerIdentity.LocalName });
        await db.Grants.Where(row => row.Subject == Owner && row.Role != BuiltInRoles.Admin).ExecuteDeleteAsync(ct);
        if (!await db.Grants.AnyAsync(row => row.Subject == Owner && row.Role == BuiltInRoles.Admin && row.Workspace == Grant.Any && row.Name == Grant.Any, ct))
            db.Grants.Add(new GrantRow
            {
                Id = clock.NewHexId(), Subject = Owner, Workspace = Grant.Any, Role = BuiltInRoles.Admin, Allow = true,
                Kind = Grant.Any, Name = Grant.Any, CreatedAt = now, CreatedBy = CallerIdentity.LocalName,
            });
    }

    /// <summary>Ends the transaction of a first key where there is one already.</summary>
    private sealed class NotTheFirstException : Exception;
}
