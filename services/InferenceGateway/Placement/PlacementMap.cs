using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Deployments;

namespace MlopsPlane.InferenceGateway.Placement;

internal static class PlacementMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Assignment>(assignment =>
        {
            assignment.ToTable("assignments");
            assignment.HasKey(row => new { row.DeploymentKey, row.ReplicaId });
            assignment.HasIndex(row => row.ReplicaId);
            assignment.HasOne<Deployment>().WithMany().HasForeignKey(row => row.DeploymentKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<LeaderLease>(lease =>
        {
            lease.ToTable("leader_lease");
            lease.HasKey(row => row.Id);
            lease.Property(row => row.Id).ValueGeneratedNever();
            lease.HasData(new LeaderLease { Id = LeaderLease.OnlyId, Holder = "" });
        });
    }
}
