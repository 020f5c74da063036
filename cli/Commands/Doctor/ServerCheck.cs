using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>Who answers, in which version, and what its clock says.</summary>
internal static class ServerCheck
{
    private static readonly TimeSpan SmallSkew = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LargeSkew = TimeSpan.FromMinutes(5);

    /// <summary>What answers; nothing when nobody does.</summary>
    public static async Task<(Finding Finding, Sighting? Seen, Finding? Clock)> LookAsync(Call call, CancellationToken ct)
    {
        const string name = "server";
        var address = call.Target.Address;
        try
        {
            var begun = call.Clock.GetUtcNow();
            var first = await call.Client.AskAsync("version", ct);
            var ended = call.Clock.GetUtcNow();
            var seen = await Sighting.LookAsync(call.Client, ct);
            var finding = seen.Kind switch
            {
                ServerKind.Plane => Finding.Ok(name, $"{address} is a plane that speaks MLflow {seen.MlflowVersion}"),
                ServerKind.Mlflow => Finding.Warning(name, $"{address} is a tracking server of MLflow {seen.MlflowVersion}, and no plane",
                    "plane models, runs and experiments work with it, the other commands do not. Correct the address if a plane was meant."),
                _ => Finding.Failed(name, $"{address} answers {(int)first.Status} to /version and is neither a plane nor MLflow", await AdviceAsync(call, ct)),
            };
            return (finding, seen, first.Date is { } date && seen.Kind != ServerKind.Other ? Skew(date, begun, ended) : null);
        }
        catch (CliException failure)
        {
            var tls = call.Target.Url.Scheme == "http" && failure.Code == "no_answer" ? " If it speaks TLS, write https:// in the address." : "";
            return (Finding.Failed(name, failure.Message, "Look whether another program has this port." + tls), null, null);
        }
    }

    public static async Task<Finding> VersionAsync(Call call, CancellationToken ct) => await Sighting.VersionAsync(call.Client, ct) switch
    {
        null => Finding.Ok("version", $"this program {PlaneProgram.Version}; the server tells its own to whom it knows"),
        var server when server == PlaneProgram.Version => Finding.Ok("version", $"both {server}"),
        var server => Finding.Warning("version", $"this program {PlaneProgram.Version}, the server {server}", "Install the server's version of this program if something does not work."),
    };

    /// <summary>The server's clock against the middle of the time that its answer took.</summary>
    private static Finding Skew(DateTimeOffset date, DateTimeOffset begun, DateTimeOffset ended)
    {
        // Servers cut the second off and write the header once a second, so that it is a second old on average.
        var skew = date + TimeSpan.FromSeconds(1) - (begun + (ended - begun) / 2);
        var detail = $"the server's is {Math.Abs(skew.TotalSeconds):0.0} s {(skew < TimeSpan.Zero ? "behind" : "ahead")}";
        const string advice = "Let NTP set the clocks of both machines: keys and tokens end by the server's clock.";
        return skew.Duration() > LargeSkew ? Finding.Failed("clock", detail, advice)
            : skew.Duration() > SmallSkew ? Finding.Warning("clock", detail, advice)
            : Finding.Ok("clock", detail);
    }

    /// <summary>An address with something behind the host may be one of a page or of an API.</summary>
    private static async Task<string> AdviceAsync(Call call, CancellationToken ct)
    {
        var target = call.Target;
        if (target.Url.AbsolutePath.Length > 1)
        {
            using var root = new PlaneClient(target with { Url = new Uri(target.Url.GetLeftPart(UriPartial.Authority) + "/"), Key = null }, call.Timeout, call.Clock);
            if ((await Sighting.LookAsync(root, ct)).Kind != ServerKind.Other)
                return $"Leave out {target.Url.AbsolutePath.TrimEnd('/')}: {root.Target.Address} is the address.";
        }

        return $"Correct the address, which comes from {target.UrlFrom}.";
    }
}
