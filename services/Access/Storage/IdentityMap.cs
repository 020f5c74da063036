using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Keys;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Roles;

namespace MlopsPlane.Access.Storage;

/// <summary>Tables of members, keys, roles, grants and of the audit log.</summary>
internal static class IdentityMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Member>(member =>
        {
            member.ToTable("members");
            member.HasKey(row => row.Id);
            member.HasIndex(row => row.Subject).IsUnique();
        });
        model.Entity<KeyRow>(key =>
        {
            key.ToTable("api_keys");
            key.HasKey(row => row.Id);
            key.HasIndex(row => row.Hash).IsUnique();
            key.HasIndex(row => row.Owner);
            key.HasIndex(row => row.Prefix);
        });
        model.Entity<RoleRow>(role =>
        {
            role.ToTable("roles");
            role.HasKey(row => row.Name);
        });
        model.Entity<GrantRow>(grant =>
        {
            grant.ToTable("grants");
            grant.HasKey(row => row.Id);
            grant.HasIndex(row => row.Subject);
            grant.HasIndex(row => row.Role);
        });
        model.Entity<AuditEntry>(entry =>
        {
            entry.ToTable("audit");
            entry.HasKey(row => row.Id);
            entry.HasIndex(row => new { row.Actor, row.Id });
            entry.HasIndex(row => new { row.Target, row.Id });
            entry.HasIndex(row => row.At);
        });
        model.Entity<IdentityVersionRow>(version =>
        {
            version.ToTable("identity_version");
            version.HasKey(row => row.Id);
            version.Property(row => row.Id).ValueGeneratedNever();
            version.HasData(new IdentityVersionRow { Id = 1, Version = 1 });
        });
    }
}
