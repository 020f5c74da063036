using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Content;

internal static class ContentMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<VersionContent>(content =>
        {
            content.ToTable("version_contents");
            content.HasKey(row => new { row.ModelKey, row.Version });
            content.HasIndex(row => row.DueAt);
            content.HasIndex(row => new { row.WorkspaceId, row.Digest });
            content.HasOne<ModelVersion>().WithOne().HasForeignKey<VersionContent>(row => new { row.ModelKey, row.Version }).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<VersionFile>(file =>
        {
            file.ToTable("version_files");
            file.HasKey(row => new { row.ModelKey, row.Version, row.Number });
            file.HasIndex(row => new { row.WorkspaceId, row.Sha256 });
            file.HasOne<VersionContent>().WithMany().HasForeignKey(row => new { row.ModelKey, row.Version }).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<VersionSignature>(signature =>
        {
            signature.ToTable("version_signatures");
            signature.HasKey(row => new { row.ModelKey, row.Version });
            signature.HasOne<VersionContent>().WithOne().HasForeignKey<VersionSignature>(row => new { row.ModelKey, row.Version }).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<SignatureTensor>(tensor =>
        {
            tensor.ToTable("signature_tensors");
            tensor.HasKey(row => new { row.ModelKey, row.Version, row.Direction, row.Position });
            tensor.HasOne<VersionSignature>().WithMany().HasForeignKey(row => new { row.ModelKey, row.Version }).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
