using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQL;
using GraphQL.Resolvers;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>What pages ask of a run beyond its message: its experiment, and the versions that were registered from it.</summary>
internal static class RunResolvers
{
    public static IFieldResolver Experiment { get; } = new FuncFieldResolver<object?>(async context =>
        (await RootResolver.AskAsync(context, "tracker.GetExperiment", new JsonObject { ["experiment_id"] = Info(context, "experiment_id") })).GetProperty("experiment"));

    public static IFieldResolver ModelVersions { get; } = new FuncFieldResolver<object?>(async context =>
    {
        var found = await VersionSearch.AskAsync(context, new JsonObject { ["filter"] = $"run_id='{Info(context, "run_id")}'" });
        return found.TryGetProperty("model_versions", out var versions) ? versions.EnumerateArray().Select(version => (object?)version).ToList() : [];
    });

    private static string Info(IResolveFieldContext context, string field) => ((JsonElement)context.Source!).GetProperty("info").GetProperty(field).GetString()!;
}
