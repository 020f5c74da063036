using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Keys;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Roles;
using MlopsPlane.Access.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Access.Storage;

/// <summary>The service's tables; one subclass a provider.</summary>
public abstract class AccessDb(DbContextOptions options, PlaneDatabase provider) : PlaneDb(options, provider)
{
    public DbSet<Member> Members => Set<Member>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    public DbSet<RoleRow> Roles => Set<RoleRow>();

    public DbSet<GrantRow> Grants => Set<GrantRow>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    protected override void BuildModel(ModelBuilder model)
    {
        model.AddMessaging();
        WorkspaceMap.Apply(model);
        IdentityMap.Apply(model);
    }
}
