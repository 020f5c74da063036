using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands;

/// <summary>Asks before something is done that cannot be undone, and shows what would be done.</summary>
internal sealed class Confirmation
{
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Only say what would be done." };

    public IEnumerable<Option> Options => [yes, dryRun];

    /// <summary>Whether it is to be done: false when it was only to be shown, which has happened then.</summary>
    /// <param name="what">What is going to happen, as a sentence without its end: <c>delete workspace 'x'</c>.</param>
    /// <exception cref="CliException">Nobody can be asked, or the answer was no.</exception>
    public async Task<bool> AskAsync(Call call, string what)
    {
        if (call.Get(dryRun))
        {
            call.Done($"This would {what}.", new JsonObject { ["dryRun"] = true, ["would"] = what });
            return false;
        }

        if (call.Get(yes))
            return true;
        if (Console.IsInputRedirected)
            throw CliException.Usage($"Without a terminal nobody can be asked whether to {what}.", "--yes does it without asking.");
        await Console.Error.WriteAsync($"This will {Output.SafeText.Of(what)}. Go on? [y/N] ");
        var answer = await Task.Run(Console.In.ReadLine, call.Ct).WaitAsync(call.Ct);
        return answer?.Trim().ToLowerInvariant() is "y" or "yes" ? true : throw new CliException(ExitCodes.Failed, "not_confirmed", "Nothing was done");
    }
}
