using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using MlopsPlane.Cli.Commands;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli;

/// <summary>Reads the command line and runs what it asks for.</summary>
internal static class PlaneProgram
{
    private static readonly TimeSpan AfterCtrlC = TimeSpan.FromSeconds(2);

    /// <summary>Version of this program, as the server's <c>/ui/about</c> tells its own.</summary>
    public static string Version { get; } =
        typeof(PlaneProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Runs one command; its exit status.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // Without a replacer, what begins with @ is an alias and no file to read arguments from.
            var parsed = CommandTree.Build().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is ParseErrorAction)
                return Misused(parsed);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = AfterCtrlC });
        }
        catch (OutputClosedException)
        {
            return ExitCodes.Done;
        }
        catch (Exception bug)
        {
            Failure.Tell(new CliException(ExitCodes.Failed, "internal_error", $"{bug.GetType().Name}: {bug.Message}", "This is a bug of this program."));
            return ExitCodes.Failed;
        }
    }

    private static int Misused(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            names.Insert(0, at.Command is RootCommand ? "plane" : at.Command.Name);
        Failure.Tell(CliException.Usage(parsed.Errors[parsed.UnmatchedTokens.Count > 0 ? ^1 : 0].Message, $"{string.Join(' ', names)} --help tells how it is written."));
        return ExitCodes.Usage;
    }
}
