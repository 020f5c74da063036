using System.Diagnostics.Metrics;

namespace MlopsPlane.InferenceGateway.ModelStore;

/// <summary>What the cache of model files does, meter <c>MlopsPlane.Inference</c>.</summary>
internal sealed class ModelStoreMetrics
{
    private readonly Counter<long> hits;
    private readonly Counter<long> misses;
    private readonly Counter<long> evictions;
    private readonly Counter<long> downloaded;
    private long bytes;

    public ModelStoreMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Inference");
        hits = meter.CreateCounter<long>("mlops_inference_model_cache_hits", description: "Models whose files were on this replica's disk when they were wanted.");
        misses = meter.CreateCounter<long>("mlops_inference_model_cache_misses", description: "Models whose files had to be downloaded.");
        evictions = meter.CreateCounter<long>("mlops_inference_model_cache_evictions", description: "Models removed from this replica's disk to make room.");
        downloaded = meter.CreateCounter<long>("mlops_inference_model_downloaded_bytes", "By", "Bytes of model files read from the artifact store.");
        meter.CreateObservableGauge("mlops_inference_model_cache_bytes", () => Interlocked.Read(ref bytes), "By", "Bytes of model files on this replica's disk.");
    }

    public void Hit() => hits.Add(1);

    public void Missed() => misses.Add(1);

    public void Evicted() => evictions.Add(1);

    public void Downloaded(long count) => downloaded.Add(count);

    public void Holds(long total) => Interlocked.Exchange(ref bytes, total);
}
