using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Quarantine;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Tests.Quarantine;

public sealed class CrashLedgerTests : IDisposable
{
    private static readonly string Digest = new('a', 64);
    private static readonly string Other = new('b', 64);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-crash-");

    [Fact]
    public void A_version_that_was_running_at_two_deaths_is_kept_out_until_somebody_asks_for_it()
    {
        Die(running: [Digest]);
        Assert.Null(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 0)));
        Die(running: [Digest]);
        Assert.Contains("died 2 times", Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 0)), StringComparison.Ordinal);
        // The process ended well since, and nobody has asked.
        Assert.NotNull(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 0)));
        Assert.Null(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 1)));
        Assert.Null(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 1)));
    }

    [Fact]
    public void Retries_of_one_deployment_in_the_past_do_not_let_in_what_another_was_kept_from()
    {
        Die(running: [Digest]);
        Die(running: [Digest]);
        Assert.NotNull(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 0)));
        Assert.NotNull(Live(ledger => ledger.Refusal(Digest, deployment: 2, retries: 3)));
        Assert.NotNull(Live(ledger => ledger.Refusal(Digest, deployment: 2, retries: 3)));
        Assert.Null(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 1)));
    }

    [Fact]
    public void What_was_loaded_and_idle_is_not_blamed()
    {
        for (var i = 0; i < 3; i++)
            Die(running: [Digest], idle: [Other]);
        Assert.Null(Live(ledger => ledger.Refusal(Other, deployment: 1, retries: 0)));
        Assert.NotNull(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 0)));
    }

    [Fact]
    public void A_process_that_ends_well_leaves_no_mark()
    {
        for (var i = 0; i < 3; i++)
        {
            using var markers = Markers();
            using var marker = markers.Claim(Digest)!;
            marker.Enter();
            marker.Leave();
        }

        Assert.Null(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 0)));
        using var last = Markers();
        Assert.Empty(last.AtLastExit);
    }

    [Fact]
    public void Deaths_that_lie_far_apart_are_not_counted_together()
    {
        Die(running: [Digest]);
        Die(running: [Digest]);
        Assert.Null(Live(ledger => ledger.Refusal(Digest, deployment: 1, retries: 0), TimeSpan.FromHours(2)));
    }

    /// <summary>A process that starts, works, and is gone without a word.</summary>
    private void Die(string[] running, string[]? idle = null)
    {
        using var markers = Markers();
        _ = Ledger(markers, default);
        foreach (var digest in running)
            markers.Claim(digest)!.Enter();
        foreach (var digest in idle ?? [])
            markers.Claim(digest);
    }

    private T Live<T>(Func<CrashLedger, T> ask, TimeSpan later = default)
    {
        using var markers = Markers();
        return ask(Ledger(markers, later));
    }

    private RunMarkers Markers() => new(Cache, Options.Create(new DatabaseOptions()));

    private CrashLedger Ledger(RunMarkers markers, TimeSpan later) => new(Cache, Options.Create(new DatabaseOptions()), markers, new LaterClock(later));

    private IOptions<ModelCacheOptions> Cache => Options.Create(new ModelCacheOptions { Folder = folder.FullName });

    public void Dispose() => folder.Delete(recursive: true);

    private sealed class LaterClock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
    }
}
