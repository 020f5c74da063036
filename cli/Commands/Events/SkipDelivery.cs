using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane inbox skip</c></summary>
internal static class SkipDelivery
{
    public static Command Build()
    {
        var consumer = new Argument<string>("consumer") { Description = "The consumer that holds it back." };
        var aggregate = new Argument<string>("aggregate") { Description = "The aggregate that waits." };
        var confirmation = new Confirmation();
        return Verb.Of("skip", "Give up the delivery that fails, or those that never came, so that the rest goes on.", [consumer, aggregate, .. confirmation.Options], async call =>
        {
            if (!await confirmation.AskAsync(call, $"let {call.Get(consumer)} pass over what holds back '{call.Get(aggregate)}', for ever"))
                return;
            var skipped = await call.Client.PostAsync(
                Query.Of($"{EventCommands.Path}/inbox/skip", ("consumer", call.Get(consumer)), ("aggregate", call.Get(aggregate))), null, call.Ct);
            call.Done($"{skipped.Text("consumer")} passed over #{skipped.Text("from")} to #{skipped.Text("to")} of {skipped.Text("aggregate")}; {skipped.Text("goesOn")} go on.", skipped);
        });
    }
}
