using System.Globalization;
using System.Runtime.CompilerServices;
using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Folder;

/// <summary>The registry of a file store: <c>models/NAME</c> with a folder for each version.</summary>
internal sealed class FolderRegistry(SafeFolder folder, Action<string, string> broken)
{
    private const string VersionPrefix = "version-";

    public async IAsyncEnumerable<SourceModel> ModelsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var name in SafeFolder.Folders(Path.Combine(folder.Root, "models")))
        {
            ct.ThrowIfCancellationRequested();
            if (Read(name) is { } model)
                yield return model;
        }
    }

    public List<SourceVersion> Versions(string model)
    {
        var path = folder.At("models", model);
        var versions = new List<SourceVersion>();
        foreach (var name in SafeFolder.Folders(path).Where(name => name.StartsWith(VersionPrefix, StringComparison.Ordinal)))
        {
            if (!int.TryParse(name.AsSpan(VersionPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                continue;
            try
            {
                var version = Path.Combine(path, name);
                var meta = FlatYaml.Read(Path.Combine(version, "meta.yaml"));
                if (meta["current_stage"] is "Deleted_Internal")
                    continue;
                versions.Add(new SourceVersion(
                    number, meta.Number("creation_timestamp"), meta.Number("last_updated_timestamp"), meta["current_stage"] is { Length: > 0 } stage ? stage : "None",
                    meta["description"], meta["source"], meta["run_id"], meta["run_link"], meta["status"], meta["user_id"], meta["model_id"],
                    FolderRun.Texts(Path.Combine(version, "tags"), _ => { })));
            }
            catch (SourceException failure)
            {
                broken($"version {number} of registered model {model}", failure.Message);
            }
        }

        return [.. versions.OrderBy(version => version.Version)];
    }

    private SourceModel? Read(string name)
    {
        try
        {
            var path = folder.At("models", name);
            var meta = FlatYaml.Read(Path.Combine(path, "meta.yaml"));
            var aliases = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var (alias, version) in FolderRun.Texts(Path.Combine(path, "aliases"), _ => { }))
                aliases[alias] = MlflowJson.Integer(version.Trim()) ?? throw new SourceException($"alias {alias} names no version");
            return new SourceModel(meta["name"] is { Length: > 0 } given ? given : name, meta["description"], meta.Number("creation_timestamp"),
                meta.Number("last_updated_timestamp"), FolderRun.Texts(Path.Combine(path, "tags"), _ => { }), aliases);
        }
        catch (SourceException failure)
        {
            broken($"registered model {name}", failure.Message);
            return null;
        }
    }
}
