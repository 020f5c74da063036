using System.Net.Http.Headers;
using System.Text;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>What is shown to the other server: MLflow's own variables with <c>SOURCE_</c> before them.</summary>
internal static class SourceCredential
{
    private const string Prefix = "SOURCE_MLFLOW_TRACKING_";

    public static AuthenticationHeaderValue? OfEnvironment()
    {
        if (Variable("TOKEN") is { } token)
            return new AuthenticationHeaderValue("Bearer", Target.CheckKey(token, Prefix + "TOKEN"));
        return Variable("USERNAME") is { } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Variable("PASSWORD")}")))
            : null;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(Prefix + name) is { Length: > 0 } value ? value : null;
}
