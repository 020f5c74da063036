using System.Text;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Architecture.Tests;

/// <summary>What every operation asks of its callers, stored: whoever changes a policy sees it in review.</summary>
public sealed class PermissionTests : IAsyncDisposable
{
    private const string Pages = ".Ajax";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-permissions-");
    private readonly Microsoft.AspNetCore.Builder.WebApplication app;

    public PermissionTests() => app = PlaneHost.Build(
        CommandLine.Parse("--data", folder.FullName), new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules);

    private List<RouteEndpoint> Endpoints =>
        [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    [Fact]
    public void Every_endpoint_has_a_policy() => Assert.Empty(Endpoints.Where(endpoint => PolicyOf(endpoint) is null).Select(NameOf));

    [Fact]
    public void An_operation_asks_the_same_of_pages_as_of_clients()
    {
        var policies = Endpoints.ToDictionary(NameOf, PolicyOf, StringComparer.Ordinal);
        var twins = policies.Where(one => one.Key.EndsWith(Pages, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(twins);
        Assert.All(twins, twin => Assert.Equal(policies[twin.Key[..^Pages.Length].Replace(".ajax-api.", ".api.", StringComparison.Ordinal)], twin.Value));
    }

    [Fact]
    public void What_reads_asks_for_no_more_than_read_and_what_changes_for_more()
    {
        // Reads that send their question as a message.
        string[] questions =
        [
            "tracker.SearchExperiments", "tracker.SearchRuns", "tracker.SearchLoggedModels", "tracker.SearchDatasets", "tracker.Graphql",
            "registry.GetLatestVersions", "registry.FindVersions", "registry.CheckContent",
        ];
        var lax = Endpoints.Where(endpoint => PolicyOf(endpoint) is { Verb: Verbs.Read } && Methods(endpoint).Any(method => method is not ("GET" or "HEAD")))
            .Select(NameOf).Where(name => !questions.Contains(name.Replace(Pages, "", StringComparison.Ordinal)));
        Assert.Empty(lax);
    }

    [Fact]
    public void The_table_of_permissions_is_that_of_the_endpoints()
    {
        var text = new StringBuilder("""
            # Permissions

            What every operation asks of its callers, made from the endpoints by a test. A caller needs a grant of the verb on the
            kind, in the workspace of the scope: the one that the request works in, the one that its path names, or all of them. The
            same holds below `/ajax-api` and `/w/{workspace}`. Names: a grant may be restricted to resources of some names.

            | operation | method | path | verb | kind | scope | names |
            |---|---|---|---|---|---|---|

            """);
        foreach (var endpoint in Endpoints.Where(endpoint => !NameOf(endpoint).EndsWith(Pages, StringComparison.Ordinal)).OrderBy(NameOf, StringComparer.Ordinal))
        {
            var (verb, kind, scope, names) = Describe(PolicyOf(endpoint));
            text.Append('|').AppendJoin('|', $" {NameOf(endpoint)} ", $" {string.Join(", ", Methods(endpoint))} ",
                $" `{endpoint.RoutePattern.RawText}` ", $" {verb} ", $" {kind} ", $" {scope} ", $" {names} ").Append("|\n");
        }

        GoldenFile.Matches("docs/permissions.md", text.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static (string Verb, string Kind, string Scope, string Names) Describe(AccessPolicy? policy)
    {
        if (policy is null)
            return ("closed", "", "", "");
        if (ReferenceEquals(policy, AccessPolicy.Public))
            return ("nothing", "", "no identity is asked for", "");
        if (ReferenceEquals(policy, AccessPolicy.Anyone))
            return ("nothing", "", "any identity", "");
        if (ReferenceEquals(policy, AccessPolicy.Judged))
            return ("its own rule", "", "by what is asked for", "");
        if (ReferenceEquals(policy, AccessPolicy.Peers))
            return ("nothing", "", "services of the product only", "");
        var scope = (policy.InAllWorkspaces, policy.WorkspaceIn) switch
        {
            (true, null) => "all workspaces",
            (true, _) => "all workspaces, and the one in the path",
            (false, null) => "the request's workspace",
            _ => "the workspace in the path",
        };
        return (policy.Verb.ToString().ToLowerInvariant(), policy.Kind, scope,
            policy.HandlerFilters ? "finds those" : policy.HandlerNames || policy.HandlerLooksUp || policy.NameIn is not null ? "of the resource" : "every name");
    }

    private static AccessPolicy? PolicyOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<AccessPolicy>();

    private static string NameOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";

    private static IReadOnlyList<string> Methods(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["any"];
}
