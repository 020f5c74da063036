using System.Text.Json;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.OpenInference;
using MlopsPlane.InferenceGateway.OpenInference.Rest;
using MlopsPlane.InferenceGateway.Scoring.Reading;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Loading;

/// <summary>Runs a version before it takes requests, so that its first client does not wait for memory and kernels.</summary>
internal static class Warmup
{
    private const int OpenSize = 8;
    private const int MaxFileBytes = 16 * 1024 * 1024;

    /// <summary>Why it did not succeed; null when it did.</summary>
    /// <exception cref="ModelRefusedException">The request of the warm-up's file is no good for the model.</exception>
    public static string? Run(OnnxExecutor executor, DeploymentSpec spec, StoredModel files)
    {
        string? warning = null;
        for (var i = 0; i < spec.Warmup.Count && warning is null; i++)
        {
            switch (spec.Warmup.Source)
            {
                case "file":
                    FromFile(executor, spec.Warmup.File!, files);
                    break;
                case "generated":
                    warning = Generated(executor);
                    break;
            }
        }

        return warning;
    }

    /// <summary>One run for each power of two up to the largest, as the batches of a busy model are.</summary>
    private static string? Generated(OnnxExecutor executor)
    {
        for (var rows = 1; rows <= executor.Policy.MaxRows; rows *= 2)
        {
            var item = executor.Rent();
            try
            {
                GeneratedInput.Fill(item, [.. Enumerable.Range(1, rows)], OpenSize);
                if (Wait(executor, item) is { } error)
                    return $"The generated warm-up failed: {error.Message}";
            }
            finally
            {
                executor.Return(item);
            }
        }

        return null;
    }

    private static void FromFile(OnnxExecutor executor, string name, StoredModel files)
    {
        var path = Path.GetFullPath(Path.Combine(files.Folder, name));
        if (!path.StartsWith(files.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path))
            throw new ModelRefusedException($"The version has no file '{name}', which its warm-up names.");
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new ModelRefusedException($"The warm-up's file '{name}' has more than {MaxFileBytes} bytes.");
        var item = executor.Rent();
        try
        {
            var request = File.ReadAllBytes(path);
            if (IsScoring(request))
                ScoringJson.Read(new(request), ColumnPlan.Of(files.Signature, item.Signature), item);
            else
                InferRequestReader.Read(item, new(request), default);
            ItemRules.Check(item);
            if (Wait(executor, item) is { } error)
                throw new ModelRefusedException($"The warm-up with '{name}' failed: {error.Message}");
        }
        catch (PlaneException refused)
        {
            throw new ModelRefusedException($"The warm-up's file '{name}' is no request for this model: {refused.Error.Message}", refused);
        }
        finally
        {
            executor.Return(item);
        }
    }

    /// <summary>Tensors of the inference protocol have a datatype each; anything else is a request of MLflow's scoring protocol.</summary>
    private static bool IsScoring(byte[] request)
    {
        try
        {
            using var json = JsonDocument.Parse(request);
            return !json.RootElement.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0
                || inputs[0].ValueKind != JsonValueKind.Object || !inputs[0].TryGetProperty("datatype", out _);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // Whichever reader gets it says what is wrong.
            return false;
        }
    }

    private static PlaneError? Wait(OnnxExecutor executor, Tensors.InferenceItem item) =>
        executor.ExecuteAsync(item, CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
