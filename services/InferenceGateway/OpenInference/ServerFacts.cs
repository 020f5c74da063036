namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>What the server says of itself.</summary>
internal static class ServerFacts
{
    public const string Name = "mlopsplane";

    /// <summary>Extensions of the protocol that are here, by the names that Triton gave them.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        ["binary_tensor_data", "classification", "model_configuration", "model_repository", "parameters", "schedule_policy", "statistics"];

    public static string Version { get; } = typeof(ServerFacts).Assembly.GetName().Version?.ToString(3) ?? "0";
}
