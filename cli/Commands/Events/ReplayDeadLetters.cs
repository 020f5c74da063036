using System.CommandLine;
using System.Globalization;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane dead-letters replay</c></summary>
internal static class ReplayDeadLetters
{
    public static Command Build()
    {
        var consumer = new Argument<string>("consumer") { Description = "The consumer whose dead letters are moved back into its queue." };
        var limit = new Option<int?>("--limit") { Description = "Most messages to move, 1 to 1000; 100 when absent.", HelpName = "COUNT" };
        return Verb.Of("replay", "Move dead letters back into the queue that they came from.", [consumer, limit], async call =>
        {
            var moved = await call.Client.PostAsync(Query.Of($"{EventCommands.Path}/dead-letters/replay", ("consumer", call.Get(consumer)),
                ("limit", call.Get(limit)?.ToString(CultureInfo.InvariantCulture))), null, call.Ct);
            call.Done($"{moved.Text("moved")} moved back to {moved.Text("consumer")}.", moved);
        });
    }
}
