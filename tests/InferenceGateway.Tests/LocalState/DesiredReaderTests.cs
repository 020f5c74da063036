using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.LocalState;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Tests.LocalState;

public sealed class DesiredReaderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-desired-");
    private readonly Database database = new();

    [Fact]
    public async Task A_replica_that_starts_without_its_database_serves_what_it_knew()
    {
        Assert.Equal("d", Assert.Single(await Reader().ReadAsync(TestContext.Current.CancellationToken)).Spec.Name);
        database.Answer = () => throw new InvalidOperationException("away");
        var restarted = Reader();
        var known = Assert.Single(await restarted.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("ws", 7L, 3, 2), (known.Workspace, known.Generation, known.Targets["main"].Version, known.Targets["main"].Previous));
        Assert.Equal(database.Wanted[0].Spec.ToJson(), known.Spec.ToJson());
        Assert.Equal(database.Wanted[0].Holders, known.Holders);
        Assert.True(restarted.IsStale);
        database.Answer = () => Task.FromResult<IReadOnlyList<DesiredDeployment>>([]);
        Assert.Empty(await restarted.ReadAsync(TestContext.Current.CancellationToken));
        Assert.False(restarted.IsStale);
    }

    [Fact]
    public async Task A_database_that_hangs_is_not_waited_for()
    {
        await Reader().ReadAsync(TestContext.Current.CancellationToken);
        database.Answer = () => new TaskCompletionSource<IReadOnlyList<DesiredDeployment>>().Task;
        var began = Stopwatch.GetTimestamp();
        Assert.Single(await Reader().ReadAsync(TestContext.Current.CancellationToken));
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Once_the_database_has_answered_its_last_answer_counts_and_not_the_disk()
    {
        var reader = Reader();
        var known = await reader.ReadAsync(TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(folder.FullName, "desired.json"));
        database.Answer = () => throw new InvalidOperationException("away");
        Assert.Same(known, await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.False(reader.IsStale);
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_stops_nobody()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "desired.json.new"));
        Assert.Single(await Reader().ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_is_broken_is_as_good_as_none()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "desired.json"), "{\"a\":", TestContext.Current.CancellationToken);
        database.Answer = () => throw new InvalidOperationException("away");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Reader().ReadAsync(TestContext.Current.CancellationToken));
    }

    private DesiredReader Reader()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var file = new DesiredFile(Options.Create(new ModelCacheOptions { Folder = folder.FullName }), Options.Create(new DatabaseOptions()));
        return new(database, file, new InferenceMetrics(meters, new ServedDeployments(new KnownDeployments())), TimeProvider.System, NullLogger<DesiredReader>.Instance);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private sealed class Database : IDesiredState
    {
        public Database() => Answer = () => Task.FromResult<IReadOnlyList<DesiredDeployment>>(Wanted);

        public List<DesiredDeployment> Wanted { get; } =
        [
            new(1, "ws", 7, new DeploymentSpec { Name = "d", Variants = [new VariantSpec { Name = "main", Model = "models:/m@champion", Weight = 100 }], Batching = new BatchingSpec { MaxDelayMs = 2.5, Preferred = [4] } },
                new Dictionary<string, VariantTarget> { ["main"] = new("m", 3, 2) }) { Holders = [new("r-1", "http://127.0.0.1:1", "http://127.0.0.1:2", Ready: true)] },
        ];

        public Func<Task<IReadOnlyList<DesiredDeployment>>> Answer { get; set; }

        public Task<IReadOnlyList<DesiredDeployment>> ReadAsync(CancellationToken ct) => Answer();
    }
}
