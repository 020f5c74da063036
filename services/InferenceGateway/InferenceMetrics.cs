using System.Diagnostics;
using System.Diagnostics.Metrics;
using MlopsPlane.InferenceGateway.Serving;

namespace MlopsPlane.InferenceGateway;

/// <summary>What answering requests takes, meter <c>MlopsPlane.Inference</c>.</summary>
internal sealed class InferenceMetrics
{
    public const string MeterName = "MlopsPlane.Inference";

    // From 100 µs to 30 s: what small models on a CPU take, and what large ones do.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Histogram<double> requests;
    private readonly Histogram<double> queue;
    private readonly Histogram<double> compute;
    private readonly Histogram<int> runRows;
    private readonly Counter<long> rows;
    private readonly Counter<long> cached;
    private readonly Counter<long> shadowsDropped;
    private readonly Counter<long> loads;
    private readonly Counter<long> unloads;
    private readonly Counter<long> fallbacks;
    private readonly Counter<long> loopFailures;
    private readonly Counter<long> wakes;
    private readonly Counter<long> hops;

    public InferenceMetrics(IMeterFactory meters, ServedDeployments served)
    {
        var meter = meters.Create(MeterName);
        requests = meter.CreateHistogram("mlops_inference_request_duration", "s", "From when all of a request is there to its answer, by deployment, variant, version and outcome.", advice: Durations);
        queue = meter.CreateHistogram("mlops_inference_queue_duration", "s", "What requests wait for an instance of their model.", advice: Durations);
        compute = meter.CreateHistogram("mlops_inference_compute_duration", "s", "What the runs take that requests are part of.", advice: Durations);
        runRows = meter.CreateHistogram("mlops_inference_run_rows", description: "Rows of the runs that requests are part of.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });
        rows = meter.CreateCounter<long>("mlops_inference_rows", description: "Rows that were answered.");
        cached = meter.CreateCounter<long>("mlops_inference_response_cache_lookups", description: "Looks into the cache of answers by outcome, hit or miss.");
        shadowsDropped = meter.CreateCounter<long>("mlops_inference_shadow_drops", description: "Copies of requests that a shadow variant did not get, by reason.");
        loads = meter.CreateCounter<long>("mlops_inference_loads", description: "Versions that were loaded, or could not be, by outcome.");
        unloads = meter.CreateCounter<long>("mlops_inference_unloads", description: "Versions that were unloaded.");
        fallbacks = meter.CreateCounter<long>("mlops_inference_provider_fallbacks", description: "Versions that run on the CPU because their provider could not be loaded.");
        loopFailures = meter.CreateCounter<long>("mlops_inference_loop_failures", description: "Rounds of the replica's loop that failed.");
        wakes = meter.CreateCounter<long>("mlops_inference_wakes", description: "Deployments that a request loaded again after they were idle.");
        hops = meter.CreateCounter<long>("mlops_inference_hops", description: "Requests that were sent on to a replica that holds their model, by protocol and outcome: answered, unreachable (another was tried, or none was left), broken.");
        meter.CreateObservableGauge("mlops_inference_desired_state_age", () => DesiredStateAge, "s", "Since the replica read from the database what it should serve.");
        meter.CreateObservableGauge("mlops_inference_queue_depth", () => Each(served, version => version.Executor.QueueDepth), description: "Requests that wait for an instance of their model.");
        meter.CreateObservableCounter("mlops_inference_batch_loop_allocated_bytes", () => Each(served, version => version.Executor.AllocatedBytes), description: "Managed bytes that the threads have allocated which run a version: none for each request.");
        meter.CreateObservableGauge("mlops_inference_gpu_memory", GpuMemory.Read, "By", "Memory of each NVIDIA GPU, used and total; absent without one.");
        meter.CreateObservableGauge("mlops_inference_arena_memory", () => Arena(served), "By", "Memory of the arena that all models' runs share: in use, and reserved from the system.");
        meter.CreateObservableGauge("mlops_inference_model_memory", () => Each(served, version => version.MemoryBytes), "By", "Resident memory that loading a version took.");
    }

    public double DesiredStateAge { get; set; }

    /// <summary>Counts a request that was answered or refused.</summary>
    public void Answered(InferenceCall call, bool succeeded, long now)
    {
        var tags = TagsOf(call.Deployment, call.Variant, call.Version);
        var item = call.Item;
        if (succeeded)
        {
            queue.Record(Seconds(item.EnqueuedAt, item.StartedAt), tags);
            compute.Record(Seconds(item.StartedAt, item.DoneAt), tags);
            runRows.Record(item.RunRows, tags);
            rows.Add(item.Rows, tags);
        }

        tags.Add("outcome", succeeded ? "success" : "failure");
        requests.Record(Seconds(call.BeganAt, now), tags);
    }

    public void Cached(InferenceCall call, bool hit)
    {
        var tags = TagsOf(call.Deployment, call.Variant, call.Version);
        tags.Add("outcome", hit ? "hit" : "miss");
        cached.Add(1, tags);
    }

    public void ShadowDropped(ServedDeployment deployment, ServedVariant variant, string reason) => shadowsDropped.Add(1, new TagList
    {
        { "workspace", deployment.Desired.Workspace },
        { "deployment", deployment.Spec.Name },
        { "variant", variant.Spec.Name },
        { "reason", reason },
    });

    public void Loaded(string deployment, string outcome) =>
        loads.Add(1, new KeyValuePair<string, object?>("deployment", deployment), new KeyValuePair<string, object?>("outcome", outcome));

    public void Unloaded(string deployment) => unloads.Add(1, new KeyValuePair<string, object?>("deployment", deployment));

    public void FellBack(string deployment) => fallbacks.Add(1, new KeyValuePair<string, object?>("deployment", deployment));

    public void Woken() => wakes.Add(1);

    public void Hopped(string protocol, string outcome) =>
        hops.Add(1, new KeyValuePair<string, object?>("protocol", protocol), new KeyValuePair<string, object?>("outcome", outcome));

    public void LoopFailed() => loopFailures.Add(1);

    private static TagList TagsOf(ServedDeployment deployment, ServedVariant variant, ServedVersion version) => new()
    {
        { "workspace", deployment.Desired.Workspace },
        { "deployment", deployment.Spec.Name },
        { "variant", variant.Spec.Name },
        { "version", version.VersionText },
    };

    private static IEnumerable<Measurement<long>> Each(ServedDeployments served, Func<ServedVersion, long> value)
    {
        foreach (var deployment in served.All)
        {
            foreach (var variant in deployment.Variants)
            {
                if (variant.Live is { } version)
                    yield return new Measurement<long>(value(version), TagsOf(deployment, variant, version));
            }
        }
    }

    /// <summary>One arena serves all, so any version can tell of it.</summary>
    private static IEnumerable<Measurement<long>> Arena(ServedDeployments served) =>
        served.All.SelectMany(deployment => deployment.Variants).Select(variant => variant.Live?.Executor.Arena).FirstOrDefault(told => told is not null) is { } memory
        ? [new(memory.InUse, new KeyValuePair<string, object?>("kind", "used")), new(memory.Reserved, new KeyValuePair<string, object?>("kind", "reserved"))]
        : [];

    private static double Seconds(long from, long to) => (double)(to - from) / Stopwatch.Frequency;
}
