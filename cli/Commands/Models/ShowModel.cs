using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Models;

/// <summary><c>plane models show</c></summary>
internal static class ShowModel
{
    public static Command Build()
    {
        var model = ModelCommands.ModelArgument("name for a model, name/3 or name@alias for a version; models:/ may stand before it.");
        return Verb.Of("show", "Show a model, or one of its versions.", [model], async call =>
        {
            var reference = ModelReference.Parse(call.Get(model));
            if (reference is { Version: null, Alias: null })
                call.Screen.Entry(await ModelCommands.ModelAsync(call.Client, reference.Name, call.Ct), ModelCommands.Columns);
            else
                call.Screen.Entry(await ModelCommands.VersionAsync(call.Client, reference, call.Ct), [Column.Of("NAME", "name"), .. ModelCommands.VersionColumns]);
        });
    }
}
