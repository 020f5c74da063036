using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>The checks in their order. What rests on a check that failed is not tried.</summary>
internal static class Examination
{
    public static async IAsyncEnumerable<Finding> RunAsync(Call call)
    {
        var ct = call.Ct;
        var config = ConfigCheck.Run(call);
        yield return config;
        if (config.State == State.Failed)
            yield break;
        var address = AddressCheck.Run(call);
        yield return address;
        if (address.State == State.Failed)
            yield break;

        await foreach (var finding in NetworkChecks.RunAsync(call, ct))
        {
            yield return finding;
            if (finding.State == State.Failed)
                yield break;
        }

        var (http, seen, clock) = await ServerCheck.LookAsync(call, ct);
        yield return http;
        if (seen is null)
            yield break;
        if (clock is not null)
            yield return clock;
        if (seen.Kind != ServerKind.Plane)
            yield break;
        yield return await ServerCheck.VersionAsync(call, ct);
        foreach (var finding in await ReadinessCheck.RunAsync(call, ct))
            yield return finding;
        yield return await KeyCheck.RunAsync(call, seen, ct);
        if (seen.Subject is null)
            yield break;
        foreach (var finding in await WorkspaceCheck.RunAsync(call, seen, ct))
            yield return finding;
        yield return await EventCheck.RunAsync(call, ct);
    }
}
