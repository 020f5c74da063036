using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Import.Verify;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>Brings a registered model over with its versions and aliases, after the runs that its versions come from.</summary>
internal sealed class ModelTransfer(
    ISource source, Destination destination, ImportOptions options, VersionLocation locations, ImportReport report)
{
    private const string Ready = "READY";

    public async Task TransferAsync(SourceModel model, CancellationToken ct)
    {
        try
        {
            if (await PlaceAsync(model, ct) is not { } name)
                return;
            if (name != model.Name)
                report.Replaced("registeredModels", model.Name, name);
            var expected = new Tally();
            var brought = new List<SourceVersion>();
            var versions = await source.VersionsAsync(model.Name, ct);
            if (versions.Exists(version => version.UserId.Length > 0))
                report.Skipped($"who registered the versions of registered model {model.Name}", "the registry keeps who moved stages and aliases only");
            foreach (var version in versions)
            {
                if (await BringAsync(model, name, version, ct) is not { } here)
                    continue;
                brought.Add(here);
                Canonical.Version(expected, model.Name, here);
            }

            var numbers = brought.Select(version => version.Version).ToHashSet();
            foreach (var (alias, version) in model.Aliases.Where(alias => !numbers.Contains(alias.Value)))
                report.Failed($"alias {alias} of registered model {model.Name}", $"version {version} did not come over");
            var aliases = new SortedDictionary<string, int>(model.Aliases.Where(alias => numbers.Contains(alias.Value)).ToDictionary(), StringComparer.Ordinal);
            if (aliases.Count > 0)
                await destination.ImportAliasesAsync(model.Name, name, aliases, ct);
            Canonical.Model(expected, model with { Aliases = aliases });
            report.Compare($"registered model {model.Name}", expected, await ReadBackAsync(model, name, numbers, ct));
        }
        catch (RefusedException refused)
        {
            report.Failed($"registered model {model.Name}", refused.Error.Message);
        }
        catch (SourceException broken)
        {
            report.Failed($"registered model {model.Name}", broken.Message);
        }
    }

    private Task<string?> PlaceAsync(SourceModel model, CancellationToken ct) => Conflicts.PlaceAsync(
        $"registered model {model.Name}", model.Name, "-imported", options.OnConflict, report,
        async name => await destination.ImportModelAsync(model, name, ct) is null ? null : name);

    /// <summary>The version as it stands here; null when it did not come over, which the report tells.</summary>
    private async Task<SourceVersion?> BringAsync(SourceModel model, string name, SourceVersion version, CancellationToken ct)
    {
        var what = $"version {version.Version} of registered model {model.Name}";
        if (version.Status is not ("" or Ready))
        {
            report.Skipped(what, $"its registration is {version.Status}");
            return null;
        }

        try
        {
            var here = await locations.MapAsync(version, ct);
            await destination.ImportVersionAsync(model.Name, name, here, ct);
            return here;
        }
        catch (RefusedException refused)
        {
            report.Failed(what, refused.Error.Message);
        }
        catch (SourceException broken)
        {
            report.Failed(what, broken.Message);
        }

        return null;
    }

    private async Task<Tally> ReadBackAsync(SourceModel model, string name, HashSet<int> numbers, CancellationToken ct)
    {
        var actual = new Tally();
        if (await MlflowRegistry.FindModelAsync(destination.Wire, name, ct) is not { } found)
            return actual;
        Canonical.Model(actual, found with { Name = model.Name });
        foreach (var version in (await destination.Reader.VersionsAsync(name, ct)).Where(version => numbers.Contains(version.Version)))
            Canonical.Version(actual, model.Name, version);
        return actual;
    }
}
