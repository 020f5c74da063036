namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>A deployment as the API shows it.</summary>
/// <param name="Phase">Pending, Progressing, Ready, Degraded, Failed or Suspended.</param>
/// <param name="Suspended">Somebody unloaded it.</param>
/// <param name="Waiting">Why it is not on as many replicas as it should be; null when it is.</param>
/// <param name="Targets">The version that each variant of the registry serves.</param>
internal sealed record DeploymentView(
    string Name, long Generation, string Phase, bool Suspended, string? Waiting, DeploymentSpec Spec, IReadOnlyList<TargetView> Targets, DateTimeOffset CreatedAt, string? CreatedBy,
    DateTimeOffset UpdatedAt, string? UpdatedBy)
{
    public static DeploymentView Of(Deployment row, IEnumerable<DeploymentTarget> targets, Status.Phase phase) => new(
        row.Name, row.Generation, phase.ToString(), row.Suspended, row.Unplaced, DeploymentSpec.FromJson(row.Spec), [.. targets.OrderBy(target => target.Variant, StringComparer.Ordinal).Select(TargetView.Of)],
        DeploymentInstant.ToDateTime(row.CreatedAt), row.CreatedBy, DeploymentInstant.ToDateTime(row.UpdatedAt), row.UpdatedBy);
}

/// <param name="Alias">The alias that is followed; null where the spec names a version.</param>
/// <param name="PreviousVersion">What a rollback would go back to.</param>
/// <param name="RolledBack">It was rolled back, and stays so until the alias moves or the spec names another version.</param>
internal sealed record TargetView(string Variant, string Model, string? Alias, int Version, int? PreviousVersion, bool RolledBack, DateTimeOffset MovedAt)
{
    public static TargetView Of(DeploymentTarget row) =>
        new(row.Variant, row.Model, row.Alias, row.Version, row.PreviousVersion, row.RolledBack, DeploymentInstant.ToDateTime(row.MovedAt));
}
