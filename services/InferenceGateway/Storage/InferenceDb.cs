using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Storage;

/// <summary>The service's tables; one subclass a provider.</summary>
public abstract class InferenceDb(DbContextOptions options, PlaneDatabase provider) : PlaneDb(options, provider)
{
    protected override void BuildModel(ModelBuilder model)
    {
        model.AddMessaging();
        WorkspaceRow.Map(model);
    }
}
