using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane inbox replay</c></summary>
internal static class ReplayInbox
{
    public static Command Build()
    {
        var consumer = new Option<string?>("--consumer") { Description = "Only of this consumer.", HelpName = "NAME" };
        var aggregate = new Option<string?>("--aggregate") { Description = "Only of this aggregate.", HelpName = "NAME" };
        return Verb.Of("replay", "Try deliveries that failed again now, those that were given up too.", [consumer, aggregate], async call => Counts.Tell(call, await call.Client.PostAsync(
            Query.Of($"{EventCommands.Path}/inbox/replay", ("consumer", call.Get(consumer)), ("aggregate", call.Get(aggregate))), null, call.Ct), "CONSUMER"));
    }
}
