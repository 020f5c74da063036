using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands;

/// <summary>Makes commands out of operations, and ends each of them in the same way.</summary>
internal static class Verb
{
    /// <param name="symbols">Arguments, in their order, and options.</param>
    public static Command Of(string name, string description, IEnumerable<Symbol> symbols, Func<Call, Task> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Add(argument);
                    break;
                case Option option:
                    command.Add(option);
                    break;
            }
        }

        command.SetAction((parsed, ct) => RunAsync(parsed, run, ct));
        return command;
    }

    /// <summary>A command that only holds others.</summary>
    public static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
            group.Add(command);
        return group;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<Call, Task> run, CancellationToken ct)
    {
        var screen = Screen.OfProcess(parsed.GetValue(CommonOptions.Output) == "json");
        try
        {
            using var call = new Call(parsed, screen, ct);
            await run(call);
            return call.ExitCode;
        }
        catch (CliException failure)
        {
            Failure.Tell(failure);
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (OutputClosedException)
        {
            return ExitCodes.Done;
        }
    }
}
