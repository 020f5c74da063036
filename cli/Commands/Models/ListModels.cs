using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Models;

/// <summary><c>plane models list</c></summary>
internal static class ListModels
{
    public static Command Build()
    {
        var filter = new Option<string?>("--filter") { Description = "MLflow's filter, such as \"name LIKE 'churn%' AND tags.team = 'risk'\".", HelpName = "FILTER" };
        var listing = new Listing();
        return Verb.Of("list", "List registered models by name.", [filter, .. listing.Options], call => listing.ShowAsync(call,
            Pages.OfMlflow(call.Client, Query.Of($"{ModelCommands.Mlflow}/registered-models/search", ("filter", call.Get(filter)))), "registered_models", ModelCommands.Columns));
    }
}
