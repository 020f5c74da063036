using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Experiments;

/// <summary><c>plane experiments show</c></summary>
internal static class ShowExperiment
{
    public static Command Build()
    {
        var experiment = new Argument<string>("experiment") { Description = "Name or id of the experiment." }.Completing(Names.Experiments);
        return Verb.Of("show", "Show one experiment.", [experiment], async call =>
        {
            var found = await ExperimentCommands.FindAsync(call.Client, call.Get(experiment), call.Ct);
            call.Screen.Entry(found, [.. ExperimentCommands.Columns, new Column("TAGS", entry => Pairs.Of(entry, "tags"))]);
        });
    }
}
