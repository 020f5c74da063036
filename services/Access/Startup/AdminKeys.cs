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
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.NowMilliseconds();
        // Any key will do: who has one was let in before, and "admin-key" makes another.
        return await scope.ServiceProvider.GetRequiredService<AccessDb>().Keys.AnyAsync(
            row => row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now), ct)
            ? null
            : await MakeAsync("first start", ct);
    }

    public async Task<string> MakeAsync(string reason, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var change = scope.ServiceProvider.GetRequiredService<AccessChange>();
        var made = NewKey.For(Owner, reason, expiresAt: null, CallerIdentity.LocalName, clock);
        await change.RunAsync(
            new Origin(CallerIdentity.LocalName, null, null), "keys.create", Owner, null, new { made.Row.Id, made.Row.Prefix, reason }, async (db, token) =>
            {
                await EnsureOwnerAsync(db, token);
                db.Keys.Add(made.Row);
                return made;
            }, ct);
        return made.Secret;
    }

    private async Task EnsureOwnerAsync(AccessDb db, CancellationToken ct)
    {
        var now = clock.NowMilliseconds();
        if (await db.Members.SingleOrDefaultAsync(row => row.Subject == Owner, ct) is { } existing)
            existing.Disabled = false;
        else
            db.Members.Add(new Member { Subject = Owner, Description = "Made by the command line", CreatedAt = now, CreatedBy = CallerIdentity.LocalName });
        if (!await db.Grants.AnyAsync(row => row.Subject == Owner && row.Role == BuiltInRoles.Admin && row.Workspace == Grant.Any && row.Name == Grant.Any, ct))
            db.Grants.Add(new GrantRow
            {
                Id = clock.NewHexId(), Subject = Owner, Workspace = Grant.Any, Role = BuiltInRoles.Admin, Allow = true,
                Kind = Grant.Any, Name = Grant.Any, CreatedAt = now, CreatedBy = CallerIdentity.LocalName,
            });
    }
}
