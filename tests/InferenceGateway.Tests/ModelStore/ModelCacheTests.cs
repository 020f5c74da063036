using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.ModelStore.Cache;
using MlopsPlane.InferenceGateway.ModelStore.Download;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.InferenceGateway.Tests.ModelStore;

/// <summary>What the cache on the disk keeps and lets go; each test has a host of its own.</summary>
public sealed class ModelCacheTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-model-cache-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_at_the_same_time_download_once_and_one_that_gives_up_does_not_stop_the_others()
    {
        await using var plane = await PlaneWith.StartAsync();
        using var world = new ModelWorld(plane);
        using var counted = new Counted(plane.Services);
        var padding = new byte[24 << 20];
        var version = await world.RegisterAsync("m", ("model.onnx", TestModels.Read("linear.onnx")), ("padding.bin", padding));
        using var impatient = new CancellationTokenSource();
        using var held = new HeldProgress();
        List<Task<StoredModel>> others = [world.GetAsync("m", version, held)];
        var one = world.Store.GetAsync(world.Workspace, "m", version, null, impatient.Token);
        others.AddRange(Enumerable.Range(0, 7).Select(_ => world.GetAsync("m", version)));
        await Until.TrueAsync(() => counted["mlops_inference_model_cache_misses"] == 9);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        held.Release();
        var models = await Task.WhenAll(others);
        Assert.Single(models.Select(model => model.Folder).Distinct(StringComparer.Ordinal));
        Assert.Equal(models[0].Bytes, counted["mlops_inference_model_downloaded_bytes"]);
        Assert.Equal(models[0].Bytes, counted["mlops_inference_model_cache_bytes"]);
        Array.ForEach(models, model => model.Dispose());
    }

    [Fact]
    public async Task A_download_that_nobody_waits_for_ends_and_leaves_nothing()
    {
        await using var plane = await PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName));
        using var world = new ModelWorld(plane);
        var version = await world.RegisterAsync("m", ("model.onnx", TestModels.Read("linear.onnx")), ("padding.bin", new byte[24 << 20]));
        using var impatient = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Store.GetAsync(world.Workspace, "m", version, new CancelAtFirst(impatient), impatient.Token));
        await Until.TrueAsync(() => folder.GetDirectories().Length == 0);
        using var model = await world.GetAsync("m", version);
        Assert.True(File.Exists(model.OnnxFile));
    }

    [Fact]
    public async Task What_was_used_longest_ago_makes_room_and_what_is_in_use_never_does()
    {
        await using var plane = await PlaneWith.StartAsync(("Serving:ModelCache:MaxBytes", "3000"));
        using var world = new ModelWorld(plane);
        using var counted = new Counted(plane.Services);
        byte[] Padding(byte fill) => [.. Enumerable.Repeat(fill, 1000)];
        var linear = TestModels.Read("linear.onnx");
        async Task<int> NextAsync(byte fill) => await world.RegisterAsync("m", ("model.onnx", linear), ("padding.bin", Padding(fill)));
        var (one, two, three) = (await NextAsync(1), await NextAsync(2), await NextAsync(3));
        var inUse = await world.GetAsync("m", one);
        (await world.GetAsync("m", two)).Dispose();
        using (var third = await world.GetAsync("m", three))
        {
            Assert.True(File.Exists(inUse.OnnxFile));
            Assert.Equal((1, 2 * third.Bytes), (counted["mlops_inference_model_cache_evictions"], counted["mlops_inference_model_cache_bytes"]));
            var full = await Assert.ThrowsAsync<PlaneException>(() => world.GetAsync("m", two));
            Assert.Equal((503, "model_cache_full"), (full.Error.Status, full.Error.Code));
            Assert.Contains($"have {third.Bytes} bytes; models in use leave {3000 - (2 * third.Bytes)} of the 3000 bytes", full.Message, StringComparison.Ordinal);
        }

        inUse.Dispose();
        inUse.Dispose();
        (await world.GetAsync("m", one)).Dispose();
        (await world.GetAsync("m", two)).Dispose();
        Assert.True(File.Exists(inUse.OnnxFile), "The one that was used later stays.");
        var huge = await world.RegisterAsync("m", ("model.onnx", linear), ("padding.bin", new byte[3000]));
        Assert.Contains($"have {3000 + linear.Length} bytes; the model cache of this replica holds 3000", await world.RefusedAsync("m", huge), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_that_are_not_the_caches_are_left_alone()
    {
        var (foreign, half) = (folder.CreateSubdirectory("artifacts"), folder.CreateSubdirectory(new string('a', 64)));
        File.WriteAllText(Path.Combine(foreign.FullName, "precious.txt"), "x");
        await using var plane = await PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName));
        Assert.True(File.Exists(Path.Combine(foreign.FullName, "precious.txt")));
        Assert.False(Directory.Exists(half.FullName));
    }

    [Fact]
    public async Task What_a_killed_process_left_half_is_not_used_and_what_it_left_whole_is()
    {
        var linear = TestModels.Read("linear.onnx");
        var digest = ContentDigest.Of([("model.onnx", ModelWorld.Hex(linear))]);
        var known = Write(digest, linear.Length, linear);
        Write(digest + ".partial-1", linear.Length, linear);
        Write(ModelWorld.Hex([1]), linear.Length, linear[..10]);
        Directory.CreateDirectory(Path.Combine(folder.FullName, ModelWorld.Hex([2]), "files"));
        await using var plane = await PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName));
        Assert.Equal([digest], folder.GetDirectories().Select(found => found.Name));
        using var world = new ModelWorld(plane);
        using var counted = new Counted(plane.Services);
        var version = await world.RegisterAsync("m", ("model.onnx", linear));
        using (var model = await world.GetAsync("m", version))
            Assert.Equal((known, 1, 0), (model.Folder, counted["mlops_inference_model_cache_hits"], counted["mlops_inference_model_cache_misses"]));
        // Somebody clears the disk by hand.
        File.Delete(Path.Combine(known, "model.onnx"));
        using var again = await world.GetAsync("m", version);
        Assert.Equal(linear, await File.ReadAllBytesAsync(again.OnnxFile, Ct));
        Assert.Equal(1, counted["mlops_inference_model_cache_misses"]);
    }

    [Fact]
    public async Task What_is_here_serves_while_the_registry_is_away_also_after_a_restart()
    {
        var workspace = PlaneWith.FreshWorkspace();
        string digest;
        await using (var plane = await PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName)))
        {
            using var world = new ModelWorld(plane, workspace);
            using var model = await world.GetAsync("m", await world.RegisterAsync("m", ("model.onnx", TestModels.Read("linear.onnx"))));
            digest = model.Digest;
        }

        await using var restarted = await PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName));
        var services = restarted.Services;
        var store = new RegistryModelStore(
            new AwayRegistry(), services.GetRequiredService<IArtifactStore>(), services.GetRequiredService<ModelCache>(), services.GetRequiredService<SharedDownloads>(),
            services.GetRequiredService<VersionDownload>(), services.GetRequiredService<ModelStoreMetrics>(), services.GetServices<IErrorTranslator>());
        using var kept = await store.GetAsync(workspace, "m", 1, null, Ct);
        Assert.Equal(digest, kept.Digest);
        Assert.Equal(503, (await Assert.ThrowsAsync<PlaneException>(() => store.GetAsync(workspace, "m", 2, null, Ct))).Error.Status);
    }

    [Fact]
    public async Task A_version_that_the_registry_has_not_read_is_hashed_here_and_found_again()
    {
        await using var plane = await PlaneWith.StartAsync(("Registry:InspectContent", "false"));
        using var world = new ModelWorld(plane);
        using var counted = new Counted(plane.Services);
        var linear = TestModels.Read("linear.onnx");
        await world.UploadAsync("models/x/sub/model.onnx", linear);
        var version = await world.RegisterAtAsync("m", "mlflow-artifacts:/models/x");
        using var model = await world.GetAsync("m", version);
        Assert.Equal(ContentDigest.Of([("sub/model.onnx", ModelWorld.Hex(linear))]), model.Digest);
        using var again = await world.GetAsync("m", version);
        Assert.Equal((model.Folder, 1), (again.Folder, counted["mlops_inference_model_cache_hits"]));
        // Another version that gets its name is another one.
        using (var deleted = new HttpRequestMessage(HttpMethod.Delete, "/api/2.0/mlflow/registered-models/delete") { Content = new StringContent("""{"name":"m"}""", Encoding.UTF8, "application/json") })
            (await world.Http.SendAsync(deleted, Ct)).EnsureSuccessStatusCode();
        await world.UploadAsync("models/x/sub/model.onnx", TestModels.Read("addsub.onnx"));
        using var other = await world.GetAsync("m", await world.RegisterAtAsync("m", "mlflow-artifacts:/models/x"));
        Assert.NotEqual(model.Digest, other.Digest);
    }

    [Fact]
    public async Task Models_come_from_a_bucket_too()
    {
        using var server = await Require.S3Async();
        await using var plane = await PlaneWith.StartAsync([.. server.Settings("some/prefix").Select(pair => (pair.Key, pair.Value))]);
        using var world = new ModelWorld(plane);
        var padding = Random.Shared.GetItems<byte>([1, 2, 3, 4], 2_000_000);
        var version = await world.RegisterAsync("m", ("data/model.onnx", TestModels.Read("linear.onnx")), ("padding.bin", padding));
        using (var model = await world.GetAsync("m", version))
            Assert.Equal(padding, await File.ReadAllBytesAsync(Path.Combine(model.Folder, "padding.bin"), Ct));
        var next = await world.RegisterAsync("m", ("model.onnx", TestModels.Read("addsub.onnx")));
        server.Dispose();
        var away = await Assert.ThrowsAsync<PlaneException>(() => world.GetAsync("m", next));
        Assert.Equal(503, away.Error.Status);
    }

    [Fact]
    public async Task A_disk_that_is_full_is_told_and_leaves_nothing_behind()
    {
        if (!Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.FullName))
            Require.Missing("the right to mount a small file system (root).");
        try
        {
            await using var plane = await PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName));
            using var world = new ModelWorld(plane);
            var large = await world.RegisterAsync("m", ("model.onnx", TestModels.Read("linear.onnx")), ("padding.bin", new byte[4 << 20]));
            var full = await Assert.ThrowsAsync<PlaneException>(() => world.GetAsync("m", large));
            Assert.Equal((503, "model_cache_disk_full"), (full.Error.Status, full.Error.Code));
            Assert.Empty(folder.GetDirectories());
            using var small = await world.GetAsync("m", await world.RegisterAsync("m", ("model.onnx", TestModels.Read("linear.onnx"))));
            Assert.True(File.Exists(small.OnnxFile));
        }
        finally
        {
            Run("umount", "-l", folder.FullName);
        }
    }

    [Fact]
    public async Task Two_processes_do_not_share_a_folder()
    {
        await using var plane = await PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => PlaneWith.StartAsync(("Serving:ModelCache:Folder", folder.FullName)));
        Assert.Contains("is in use by another process. Name another folder in Serving:ModelCache:Folder.", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static bool Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Writes a model's folder as a process would have left it.</summary>
    private string Write(string name, long size, byte[] content)
    {
        var files = Path.Combine(folder.FullName, name, "files");
        Directory.CreateDirectory(files);
        File.WriteAllBytes(Path.Combine(files, "model.onnx"), content);
        File.WriteAllText(Path.Combine(folder.FullName, name, "manifest.json"),
            $$"""{"digest":"{{name.Split('.')[0]}}","onnxFile":"model.onnx","signature":null,"files":[{"path":"model.onnx","size":{{size}},"sha256":"{{ModelWorld.Hex(content)}}"}]}""");
        return files;
    }

    /// <summary>Holds up the download that it listens to.</summary>
    private sealed class HeldProgress : IProgress<Downloaded>, IDisposable
    {
        private readonly ManualResetEventSlim released = new();

        public void Report(Downloaded value) => Assert.True(released.Wait(TimeSpan.FromSeconds(60)));

        public void Release() => released.Set();

        public void Dispose() => released.Dispose();
    }

    private sealed class CancelAtFirst(CancellationTokenSource source) : IProgress<Downloaded>
    {
        public void Report(Downloaded value) => source.Cancel();
    }

    private sealed class AwayRegistry : IModelFacts
    {
        public Task<ModelVersionFacts?> FindVersionAsync(string workspace, string model, int version, CancellationToken ct) =>
            throw PlaneError.Unavailable("peer_unavailable", "Registry does not answer.").ToException();

        public Task<ModelVersionFacts?> FindByAliasAsync(string workspace, string model, string alias, CancellationToken ct) =>
            throw PlaneError.Unavailable("peer_unavailable", "Registry does not answer.").ToException();
    }

    /// <summary>The metrics of one host.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly Dictionary<string, long> values = new(StringComparer.Ordinal);

        public Counted(IServiceProvider services)
        {
            var scope = services.GetRequiredService<IMeterFactory>();
            listener.InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, scope) && instrument.Name.StartsWith("mlops_inference_model_", StringComparison.Ordinal))
                    listening.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            {
                lock (values)
                    values[instrument.Name] = instrument.IsObservable ? value : values.GetValueOrDefault(instrument.Name) + value;
            });
            listener.Start();
        }

        public long this[string name]
        {
            get
            {
                listener.RecordObservableInstruments();
                lock (values)
                    return values.GetValueOrDefault(name);
            }
        }

        public void Dispose() => listener.Dispose();
    }
}
