using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Observed;

namespace MlopsPlane.InferenceGateway.Deployments;

internal static class DeploymentMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Deployment>(deployment =>
        {
            deployment.ToTable("deployments");
            deployment.HasKey(row => row.DeploymentKey);
            deployment.HasIndex(row => new { row.WorkspaceId, row.Name }).IsUnique();
        });
        model.Entity<DeploymentTarget>(target =>
        {
            target.ToTable("deployment_targets");
            target.HasKey(row => new { row.DeploymentKey, row.Variant });
            target.HasIndex(row => new { row.Model, row.Alias });
            target.HasIndex(row => row.DeploymentKey).HasFilter("unconfirmed").HasDatabaseName("ix_deployment_targets_unconfirmed");
            target.HasOne<Deployment>().WithMany().HasForeignKey(row => row.DeploymentKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<DeploymentEvent>(happened =>
        {
            happened.ToTable("deployment_events");
            happened.HasKey(row => row.EventId);
            happened.HasIndex(row => new { row.WorkspaceId, row.Deployment, row.EventId });
            happened.HasIndex(row => row.At);
        });
        model.Entity<ChangeCount>(count =>
        {
            count.ToTable("deployment_changes");
            count.HasKey(row => row.Id);
            count.Property(row => row.Id).ValueGeneratedNever();
            count.HasData(new ChangeCount { Id = ChangeCount.OnlyId });
        });
        model.Entity<Replica>(replica =>
        {
            replica.ToTable("replicas");
            replica.HasKey(row => row.ReplicaId);
        });
        model.Entity<ReplicaState>(state =>
        {
            state.ToTable("replica_states");
            state.HasKey(row => new { row.ReplicaId, row.DeploymentKey, row.Variant, row.Version });
            state.HasIndex(row => row.DeploymentKey);
        });
    }
}
