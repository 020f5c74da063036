namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>What the server says of itself.</summary>
internal static class ServerFacts
{
    public const string Name = "mlopsplane";

    /// <summary>Extensions of the protocol that are here, by the names that Triton gave them.</summary>
    /// <param name="sharedMemory">Whether tensors of the caller may lie in shared memory.</param>
    public static IReadOnlyList<string> Extensions(bool sharedMemory) => sharedMemory ? [.. Always, "system_shared_memory"] : Always;

    private static string[] Always { get; } =
        ["binary_tensor_data", "classification", "model_configuration", "model_repository", "parameters", "schedule_policy", "statistics"];

    public static string Version { get; } = typeof(ServerFacts).Assembly.GetName().Version?.ToString(3) ?? "0";
}
