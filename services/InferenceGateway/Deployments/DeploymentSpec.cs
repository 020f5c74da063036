using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>What somebody wants to be served under one name; the body of the deployments API and the stored desired state.</summary>
public sealed record DeploymentSpec
{
    /// <summary>Name in the inference protocols.</summary>
    public required string Name { get; init; }

    /// <summary>Replicas that may serve it.</summary>
    public string Pool { get; init; } = "default";

    /// <summary>How many replicas of the pool hold it; null for all of them.</summary>
    public int? Replicas { get; init; }

    /// <summary>Names of the only replicas that may hold it; null for any of the pool.</summary>
    public IReadOnlyList<string>? Pin { get; init; }

    public required IReadOnlyList<VariantSpec> Variants { get; init; }

    /// <summary>Requests with the same value of this header go to the same variant; null to draw for each request.</summary>
    public string? StickyHeader { get; init; }

    /// <summary>Threads of each replica that run each of its versions.</summary>
    public int Instances { get; init; } = 1;

    public ProviderSpec Provider { get; init; } = new();

    public BatchingSpec Batching { get; init; } = new();

    public WarmupSpec Warmup { get; init; } = new();

    public CacheSpec Cache { get; init; } = new();

    /// <summary>Unloads it after as many seconds without a request; null to keep it loaded.</summary>
    public int? IdleUnloadSeconds { get; init; }

    public SamplingSpec Sampling { get; init; } = new();

    internal string ToJson() => JsonSerializer.Serialize(this, SpecJson.Default.DeploymentSpec);

    internal static DeploymentSpec FromJson(string json) => JsonSerializer.Deserialize(json, SpecJson.Default.DeploymentSpec)!;
}

/// <summary>One of the models that answer under a deployment's name.</summary>
public sealed record VariantSpec
{
    public required string Name { get; init; }

    /// <summary><c>models:/name/version</c> or <c>models:/name@alias</c>; null for an external server.</summary>
    public string? Model { get; init; }

    /// <summary>Percent of the requests; those of the variants that are no shadows add up to 100.</summary>
    public int Weight { get; init; }

    /// <summary>Gets a copy of every request; its answers are recorded and never returned.</summary>
    public bool Shadow { get; init; }

    /// <summary><see cref="Onnx"/> or <see cref="External"/>.</summary>
    public string Runtime { get; init; } = Onnx;

    /// <summary>Base address of an external server.</summary>
    public string? Url { get; init; }

    /// <summary><see cref="Oip"/> or <see cref="OpenAi"/>, of an external server.</summary>
    public string? Protocol { get; init; }

    /// <summary>What the external server calls the model; null for the deployment's name.</summary>
    public string? ExternalModel { get; init; }

    public const string Onnx = "onnx";
    public const string External = "external";
    public const string Oip = "oip";
    public const string OpenAi = "openai";

    [JsonIgnore]
    public bool IsExternal => Runtime == External;
}

/// <summary>What runs the model's operators.</summary>
public sealed record ProviderSpec
{
    /// <summary><c>cpu</c>, <c>cuda</c>, or a provider whose library the replica's configuration names.</summary>
    public string Kind { get; init; } = "cpu";

    /// <summary>When the provider cannot be loaded: <c>fail</c>, or <c>cpu</c> to fall back and say so.</summary>
    public string OnMissing { get; init; } = "fail";

    /// <summary>Options in the provider's own words.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

/// <summary>How requests are put together into one run of the model.</summary>
public sealed record BatchingSpec
{
    public bool Enabled { get; init; } = true;

    /// <summary>Most rows of one run.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>How long a run may wait for more rows, in milliseconds; 0 takes what is there.</summary>
    public double MaxDelayMs { get; init; }

    /// <summary>Rows at which a waiting run starts.</summary>
    public IReadOnlyList<int> Preferred { get; init; } = [];

    /// <summary>Most requests that wait; more are refused with 503.</summary>
    public int Queue { get; init; } = 256;

    /// <summary>Levels of priority, of which 1 is served first.</summary>
    public int PriorityLevels { get; init; } = 1;

    /// <summary>Level of a request that names none.</summary>
    public int DefaultPriority { get; init; } = 1;

    /// <summary>How long a request may wait and run, in milliseconds; null for as long as its client waits.</summary>
    public int? TimeoutMs { get; init; }
}

/// <summary>What is run before a version takes requests.</summary>
public sealed record WarmupSpec
{
    /// <summary><c>generated</c>, <c>file</c> or <c>none</c>.</summary>
    public string Source { get; init; } = "generated";

    /// <summary>File of the model's folder with one request of the inference protocol or of MLflow's scoring protocol.</summary>
    public string? File { get; init; }

    /// <summary>How often.</summary>
    public int Count { get; init; } = 1;
}

/// <summary>Which answers are remembered.</summary>
public sealed record CacheSpec
{
    /// <summary>Bytes of answers that each replica remembers; 0 for none.</summary>
    public long Bytes { get; init; }
}

/// <summary>Which requests are passed on to whoever watches the model.</summary>
public sealed record SamplingSpec
{
    /// <summary>Share of the requests, 0 to 1.</summary>
    public double Rate { get; init; }

    /// <summary>Payloads above this are cut out of the sample.</summary>
    public int MaxBytes { get; init; } = 65_536;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeploymentSpec))]
internal sealed partial class SpecJson : JsonSerializerContext;
