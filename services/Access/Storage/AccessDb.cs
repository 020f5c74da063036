using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Access.Storage;

/// <summary>The service's tables; one subclass a provider.</summary>
public abstract class AccessDb(DbContextOptions options, PlaneDatabase provider) : PlaneDb(options, provider)
{
    protected override void BuildModel(ModelBuilder model)
    {
        model.AddMessaging();
        WorkspaceMap.Apply(model);
    }
}
