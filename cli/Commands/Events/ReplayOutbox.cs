using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane outbox replay</c></summary>
internal static class ReplayOutbox
{
    public static Command Build() => Verb.Of("replay", "Give events that were given up another round of attempts.", [],
        async call => Counts.Tell(call, await call.Client.PostAsync($"{EventCommands.Path}/outbox/replay", null, call.Ct), "SERVICE"));
}
