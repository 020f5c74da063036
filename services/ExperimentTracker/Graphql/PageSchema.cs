using System.Reflection;
using GraphQL.Resolvers;
using GraphQL.Types;
using GraphQL.Utilities;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>The schema of <c>/graphql</c>: its text, and what answers each field.</summary>
internal static class PageSchema
{
    private static readonly Dictionary<string, RootResolver> Roots = new(StringComparer.Ordinal)
    {
        ["mlflowGetExperiment"] = RootResolver.To("tracker.GetExperiment"),
        ["mlflowGetRun"] = RootResolver.To("tracker.GetRun"),
        ["mlflowListArtifacts"] = RootResolver.To("tracker.ListRunArtifacts"),
        ["mlflowGetMetricHistoryBulkInterval"] = RootResolver.To("tracker.GetMetricHistoryBulkInterval"),
        ["mlflowSearchModelVersions"] = new RootResolver(VersionSearch.AskAsync),
        ["mlflowSearchRuns"] = RootResolver.To("tracker.SearchRuns"),
        ["mlflowSearchDatasets"] = RootResolver.To("tracker.SearchDatasets"),
    };

    private static readonly IFieldResolver Echo = new FuncFieldResolver<object?>(context =>
        System.Text.Json.JsonSerializer.SerializeToElement(new { output = context.Arguments?["inputString"].Value as string }));

    public static ISchema Build()
    {
        using var text = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(typeof(PageSchema), "schema.graphql")!);
        var schema = Schema.For(text.ReadToEnd());
        schema.RegisterType(new LongStringType());
        schema.RegisterVisitor(new Resolvers());
        schema.Initialize();
        return schema;
    }

    private sealed class Resolvers : BaseSchemaNodeVisitor
    {
        public override void VisitObjectFieldDefinition(FieldType field, IObjectGraphType type, ISchema schema)
        {
            if (type.Name.StartsWith("__", StringComparison.Ordinal) || field.Name.StartsWith("__", StringComparison.Ordinal))
                return;
            field.Resolver = (type.Name, field.Name) switch
            {
                ("Query" or "Mutation", var name) => Roots.TryGetValue(name, out var root) ? root : Echo,
                ("MlflowRunExtension", "experiment") => RunResolvers.Experiment,
                ("MlflowRunExtension", "modelVersions") => RunResolvers.ModelVersions,
                _ => MessageResolver.Instance,
            };
        }
    }
}
