using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Models;

/// <summary><c>plane models versions</c></summary>
internal static class ListVersions
{
    public static Command Build()
    {
        var model = ModelCommands.ModelArgument("Name of the model.");
        var listing = new Listing();
        return Verb.Of("versions", "List the versions of a model, newest first.", [model, .. listing.Options], async call =>
        {
            var name = ModelReference.Parse(call.Get(model)).Name;
            // A filter that finds nothing would not tell an unknown model from an empty one.
            await ModelCommands.ModelAsync(call.Client, name, call.Ct);
            var path = Query.Of($"{ModelCommands.Mlflow}/model-versions/search", ("filter", $"name = {Quoted(name)}"), ("order_by", "version_number DESC"));
            await listing.ShowAsync(call, Pages.OfMlflow(call.Client, path), "model_versions", ModelCommands.VersionColumns);
        });
    }

    /// <summary>MLflow's filters have two kinds of quotes and no escapes.</summary>
    private static string Quoted(string name) => !name.Contains('\'', StringComparison.Ordinal) ? $"'{name}'"
        : !name.Contains('"', StringComparison.Ordinal) ? $"\"{name}\""
        : throw CliException.Usage("A name with both kinds of quotes cannot be written in a filter.");
}
