using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.ModelRegistry.Models;

internal static class RegisteredModelMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<RegisteredModel>(registered =>
        {
            registered.ToTable("registered_models");
            registered.HasKey(row => row.ModelKey);
            registered.HasIndex(row => new { row.WorkspaceId, row.Name }).IsUnique();
            registered.HasIndex(row => new { row.WorkspaceId, row.UpdatedAt });
        });
        model.Entity<ModelTag>(tag =>
        {
            tag.ToTable("registered_model_tags");
            tag.HasKey(row => new { row.ModelKey, row.Key });
            tag.HasIndex(row => row.Key);
            tag.HasOne<RegisteredModel>().WithMany().HasForeignKey(row => row.ModelKey).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
