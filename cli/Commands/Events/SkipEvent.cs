using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane outbox skip</c></summary>
internal static class SkipEvent
{
    public static Command Build()
    {
        var service = new Argument<string>("service") { Description = "The service whose outbox holds it." };
        var position = new Argument<long>("position") { Description = "Its position, as plane outbox failed shows it." };
        var confirmation = new Confirmation();
        return Verb.Of("skip", "Give up a parked event for ever, so that the rest of its aggregate goes on.", [service, position, .. confirmation.Options], async call =>
        {
            if (!await confirmation.AskAsync(call, $"give up the event at {call.Get(position)} of {call.Get(service)}, which no consumer will see"))
                return;
            var skipped = await call.Client.PostAsync(
                Query.Of($"{EventCommands.Path}/outbox/skip", ("service", call.Get(service)), ("position", $"{call.Get(position)}")), null, call.Ct);
            call.Done($"{skipped.Text("type")} #{skipped.Text("sequence")} of {skipped.Text("aggregate")} is given up.", skipped);
        });
    }
}
