using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Storage;

/// <summary>The service's tables; one subclass a provider.</summary>
public abstract class InferenceDb(DbContextOptions options, PlaneDatabase provider) : PlaneDb(options, provider)
{
    public DbSet<Deployment> Deployments => Set<Deployment>();

    public DbSet<DeploymentTarget> Targets => Set<DeploymentTarget>();

    public DbSet<DeploymentEvent> Events => Set<DeploymentEvent>();

    public DbSet<Replica> Replicas => Set<Replica>();

    public DbSet<Assignment> Assignments => Set<Assignment>();

    public DbSet<ReplicaState> ReplicaStates => Set<ReplicaState>();

    protected override void BuildModel(ModelBuilder model)
    {
        model.AddMessaging();
        WorkspaceRow.Map(model);
        DeploymentMap.Apply(model);
        PlacementMap.Apply(model);
    }
}
