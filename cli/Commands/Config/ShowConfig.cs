using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Config;

/// <summary><c>plane config show</c></summary>
internal static class ShowConfig
{
    private static readonly IReadOnlyList<Column> Columns =
        [Column.Of("CURRENT", "current"), Column.Of("NAME", "name"), Column.Of("URL", "url"), Column.Of("WORKSPACE", "workspace"), Column.Of("KEY", "key"), Column.Of("INSECURE", "insecure")];

    public static Command Build() => Verb.Of("show", "Show the profiles, without their keys.", [], call =>
    {
        var profiles = call.File.Read();
        var list = new JsonArray([.. profiles.Named.Select(named => new JsonObject
        {
            ["name"] = named.Key, ["current"] = named.Key == profiles.Current, ["url"] = named.Value.Url, ["workspace"] = named.Value.Workspace,
            ["key"] = ConfigCommands.Shown(named.Value.Key), ["insecure"] = named.Value.Insecure,
        })]);
        var shown = JsonElement.Parse(new JsonObject { ["path"] = call.File.Path, ["profiles"] = list }.ToJsonString());
        if (call.Screen.Json)
        {
            call.Screen.Document(shown);
        }
        else
        {
            call.Screen.Table(shown.Items("profiles"), Columns);
            call.Screen.Message(call.File.Path);
        }

        return Task.CompletedTask;
    });
}
