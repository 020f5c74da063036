using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Models;

internal static class ModelCommands
{
    public const string Mlflow = "api/2.0/mlflow";
    public const string Registry = "api/v1/registry/models";

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("NAME", "name"), new("LATEST", Latest, ToTheRight: true),
        new("ALIASES", model => string.Join(", ", model.Items("aliases").Select(alias => $"{alias.Text("alias")}={alias.Text("version")}"))),
        new("TAGS", entry => Pairs.Of(entry, "tags")), Column.Time("CHANGED", "last_updated_timestamp"), Column.Of("DESCRIPTION", "description"),
    ];

    public static IReadOnlyList<Column> VersionColumns { get; } =
    [
        Column.Count("VERSION", "version"), Column.Of("ALIASES", "aliases"), Column.Of("STAGE", "current_stage"), Column.Of("STATUS", "status"), Column.Of("RUN", "run_id"),
        Column.Time("CREATED", "creation_timestamp"), new("TAGS", entry => Pairs.Of(entry, "tags")), Column.Of("SOURCE", "source"), Column.Of("DESCRIPTION", "description"),
    ];

    public static Command Build() => Verb.Group("models", "Registered models, their versions and aliases.",
        ListModels.Build(), ShowModel.Build(), ListVersions.Build(),
        Verb.Group("alias", "Aliases, by which versions are put into service.", SetAlias.Build(), RemoveAlias.Build()), ShowHistory.Build());

    public static Argument<string> ModelArgument(string description) => new Argument<string>("model") { Description = description }.Completing(Names.Models);

    /// <summary>The version that a reference names, by number or alias.</summary>
    /// <exception cref="CliException">There is no such model or version.</exception>
    public static async Task<JsonElement> VersionAsync(PlaneClient client, ModelReference reference, CancellationToken ct)
    {
        if (reference.Version is { } number)
            return (await client.GetAsync(Query.Of($"{Mlflow}/model-versions/get", ("name", reference.Name), ("version", $"{number}")), ct)).GetProperty("model_version");
        return (await client.GetAsync(Query.Of($"{Mlflow}/registered-models/alias", ("name", reference.Name), ("alias", reference.Alias)), ct)).GetProperty("model_version");
    }

    /// <summary>The model itself.</summary>
    /// <exception cref="CliException">There is no such model.</exception>
    public static async Task<JsonElement> ModelAsync(PlaneClient client, string name, CancellationToken ct) =>
        (await client.GetAsync(Query.Of($"{Mlflow}/registered-models/get", ("name", name)), ct)).GetProperty("registered_model");

    private static string? Latest(JsonElement model) =>
        model.Items("latest_versions").Select(version => version.Number("version") ?? 0).DefaultIfEmpty().Max() is > 0 and var latest ? $"{latest}" : null;
}
