using Microsoft.Extensions.Options;
using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Sources;

/// <summary>A host that takes versions from one bucket only.</summary>
public sealed class OneBucketPlane : AllInOneOnSqlite
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Registry:SourcePattern", "^(s3://models/|mlflow-artifacts:/)")];
}

public sealed class SourcePatternTests(OneBucketPlane plane) : IClassFixture<OneBucketPlane>
{
    [Fact]
    public async Task Only_sources_that_match_the_pattern_are_taken()
    {
        using var registry = RegistryClient.In(plane);
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", "s3://models/fraud/1");
        await registry.InvalidAsync(HttpMethod.Post, "/model-versions/create", new { name = "m", source = "s3://other/fraud/1" },
            "Invalid model version source: 's3://other/fraud/1'.");
    }

    [Fact]
    public async Task A_pattern_that_is_no_regular_expression_stops_the_start()
    {
        var folder = Directory.CreateTempSubdirectory("plane-pattern-");
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0", ["Storage:DataFolder"] = folder.FullName, ["Registry:SourcePattern"] = "(",
        };
        await using (var app = PlaneHost.Build(new CommandLine("serve", null, settings), new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules))
        {
            var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
            Assert.Contains("Registry:SourcePattern must be a regular expression.", refused.Message, StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }
}
