using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>Bounds of what a deployment may ask for.</summary>
internal static partial class SpecRules
{
    public const int MaxVariants = 16;
    public const int MaxReplicas = 1000;
    public const int MaxPins = 100;
    public const int MaxInstances = 64;
    public const int MaxBatch = 4096;
    public const int MaxDelayMs = 1000;
    public const int MaxPreferred = 16;
    public const int MaxQueue = 100_000;
    public const int MaxPriorityLevels = 8;
    public const int MaxTimeoutMs = 3_600_000;
    public const int MaxWarmups = 1000;
    public const int MaxFileLength = 512;
    public const long MaxCacheBytes = 64L << 30;
    public const int MaxIdleSeconds = 30 * 24 * 3600;
    public const int MaxSampleBytes = 1 << 20;
    public const int MaxProviderOptions = 64;
    public const int MaxOptionName = 128;
    public const int MaxOptionValue = 1024;
    public const int MaxModelName = 256;
    public const int MaxUrlLength = 2048;
    public const int MaxHeaderLength = 64;
    public const int MaxExternalModel = 256;

    /// <summary>Keys of CUDA's provider that a deployment may set; others name addresses in memory, or files.</summary>
    public static readonly FrozenSet<string> CudaOptions = FrozenSet.Create(
        StringComparer.Ordinal,
        "device_id", "gpu_mem_limit", "arena_extend_strategy", "cudnn_conv_algo_search", "cudnn_conv_use_max_workspace", "cudnn_conv1d_pad_to_nc1d",
        "do_copy_in_default_stream", "enable_cuda_graph", "enable_skip_layer_norm_strict_mode", "use_tf32", "prefer_nhwc", "use_ep_level_unified_stream",
        "tunable_op_enable", "tunable_op_tuning_enable", "tunable_op_max_tuning_duration_ms", "fuse_conv_bias", "sdpa_kernel");
    public const string NameRule = "1 to 100 of the characters A-Z a-z 0-9 . _ - and begin with a letter or digit";
    public const string PartNameRule = "1 to 63 of the characters A-Z a-z 0-9 . _ - and begin with a letter or digit";

    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>Names of variants, pools, replicas and providers.</summary>
    public static bool IsPartName(string text) => PartName().IsMatch(text);

    public static bool IsHeader(string text) => Header().IsMatch(text);

    /// <summary>A legal deployment name that is as near to a model's name as can be; null when nothing of it is legal.</summary>
    public static string? NameOf(string model)
    {
        var name = Illegal().Replace(model, "-").TrimStart('.', '_', '-');
        name = name.Length > 100 ? name[..100] : name;
        return IsName(name) ? name : null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PartName();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Header();

    [GeneratedRegex(@"[^A-Za-z0-9._-]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Illegal();
}
