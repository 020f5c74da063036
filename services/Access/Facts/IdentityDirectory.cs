using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Facts;

/// <summary>Access's own answers about identities, without a network.</summary>
internal sealed class IdentityDirectory(IServiceScopeFactory scopes, TimeProvider clock) : IIdentitySource
{
    public async Task<KnownIdentity?> FindByKeyAsync(string hash, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var key = await db.Keys.AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash, ct);
        if (key is null || key.RevokedAt is not null || key.ExpiresAt <= clock.NowMilliseconds())
            return null;
        if (!await db.Members.AnyAsync(row => row.Subject == key.Owner && !row.Disabled, ct))
            return null;
        return new KnownIdentity(new CallerIdentity(key.Owner, key.Id, await GrantsAsync(db, [key.Owner], ct)), key.ExpiresAt);
    }

    public async Task<KnownIdentity?> FindMemberAsync(string name, IReadOnlyList<string> groups, CancellationToken ct)
    {
        // Whom no line here could shut out is not let in.
        if (!Subject.IsName(name))
            return null;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var subject = Subject.OfUser(name);
        // Whom the provider vouches for needs no line here; one that says otherwise counts.
        if (await db.Members.AnyAsync(row => row.Subject == subject && row.Disabled, ct))
            return null;
        return new KnownIdentity(new CallerIdentity(subject, null, await GrantsAsync(db, [subject, .. groups.Where(Subject.IsGroupName).Select(Subject.OfGroup)], ct)), null);
    }

    public async Task<long> VersionAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccessDb>().VersionAsync(ct);
    }

    public async Task ReportUseAsync(IReadOnlyList<KeyUse> uses, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        await db.WriteAsync(async token =>
        {
            // In one order, since another replica may be writing some of the same.
            foreach (var use in uses.OrderBy(use => use.KeyId, StringComparer.Ordinal))
                await db.Keys.Where(row => row.Id == use.KeyId && (row.LastUsedAt == null || row.LastUsedAt < use.At))
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, use.At), token);
        }, ct);
    }

    private static async Task<IReadOnlyList<Grant>> GrantsAsync(AccessDb db, IReadOnlyCollection<string> subjects, CancellationToken ct) =>
        [.. (await EffectiveGrants.OfAsync(db, subjects, ct)).Select(rule => rule.Grant).Distinct()];
}
