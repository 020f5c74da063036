using System.Xml.Linq;

namespace MlopsPlane.Architecture.Tests;

public sealed class EdgeTests
{
    private static readonly Dictionary<string, string[]> AllowedOfLibs = new(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["Primitives"] = [],
        ["Web"] = ["Primitives"],
        ["Storage"] = ["Primitives"],
        ["Mlflow"] = ["Primitives", "Web"],
        ["Messaging"] = ["Contracts", "Storage"],
        ["Hosting"] = ["Web", "Storage", "Messaging"],
        ["OnnxRuntime"] = ["Primitives"],
    };

    private static IEnumerable<string> Services => Directory.GetDirectories(Path.Combine(Repository.Root, "services")).Select(Path.GetFileName)!;

    [Fact]
    public void A_lib_references_only_what_the_table_of_edges_allows()
    {
        foreach (var project in Repository.Files("libs", "*.csproj"))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            if (name == "Testing")
                continue;
            Assert.True(AllowedOfLibs.TryGetValue(name, out var allowed), $"libs/{name} is not in the table of edges.");
            Assert.Empty(Repository.ReferencesOf(project).Except(allowed, StringComparer.Ordinal));
        }
    }

    [Fact]
    public void A_service_references_libs_and_never_another_service()
    {
        var libs = AllowedOfLibs.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var service in Services.Where(name => !name.EndsWith(".Host", StringComparison.Ordinal) && name != "AllInOne"))
        {
            var project = Path.Combine(Repository.Root, "services", service, service + ".csproj");
            Assert.Empty(Repository.ReferencesOf(project).Except(libs, StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_command_line_references_contracts_and_primitives_only() =>
        Assert.Empty(Repository.ReferencesOf(Path.Combine(Repository.Root, "cli/Cli.csproj")).Except(["Contracts", "Primitives"], StringComparer.Ordinal));

    [Fact]
    public void A_host_is_one_line_over_its_service()
    {
        foreach (var host in Services.Where(name => name.EndsWith(".Host", StringComparison.Ordinal)))
        {
            var folder = Path.Combine(Repository.Root, "services", host);
            Assert.Equal([host[..^".Host".Length]], Repository.ReferencesOf(Path.Combine(folder, host + ".csproj")));
            Assert.Single(File.ReadAllLines(Path.Combine(folder, "Program.cs")), line => line.Trim().Length > 0);
        }
    }

    [Fact]
    public void Only_tests_and_benches_reference_the_testing_lib()
    {
        foreach (var project in Repository.Files("libs", "*.csproj").Concat(Repository.Files("services", "*.csproj")))
            Assert.DoesNotContain("Testing", Repository.ReferencesOf(project));
    }

    [Fact]
    public void Contracts_and_primitives_use_no_package()
    {
        foreach (var name in new[] { "Contracts", "Primitives" })
        {
            var project = XDocument.Load(Path.Combine(Repository.Root, "libs", name, name + ".csproj"));
            Assert.Empty(project.Descendants("PackageReference"));
        }
    }

    [Fact]
    public void Entities_know_neither_http_nor_the_bus()
    {
        foreach (var map in Repository.Files("services", "*Map.cs"))
        {
            var entity = map.Replace("Map.cs", ".cs", StringComparison.Ordinal);
            if (!File.Exists(entity))
                continue;
            var text = File.ReadAllText(entity);
            Assert.DoesNotContain("using Microsoft.AspNetCore", text, StringComparison.Ordinal);
            Assert.DoesNotContain("using RabbitMQ", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Provider_sql_stays_in_the_provider_classes()
    {
        var offenders = Repository.Files("services", "*.cs")
            .Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal))
            .Where(file => !Path.GetFileName(file).StartsWith("Postgres", StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith("Sqlite", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line =>
                line.StartsWith("using Npgsql", StringComparison.Ordinal) || line.StartsWith("using Microsoft.Data.Sqlite", StringComparison.Ordinal)));
        Assert.Empty(offenders);
    }
}
