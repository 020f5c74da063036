namespace MlopsPlane.Cli.Settings;

/// <summary>
/// Finds out where a command goes. Options win over a profile that is named, that over the environment, and that over
/// the current profile. The key of a profile is shown to that profile's server only, whatever else is set.
/// </summary>
internal static class TargetResolver
{
    public const string DefaultUrl = "http://127.0.0.1:5000";

    /// <param name="Url">Of <c>--url</c>.</param>
    /// <param name="Profile">Of <c>--profile</c>.</param>
    /// <param name="Workspace">Of <c>--workspace</c>.</param>
    /// <param name="Insecure">Of <c>--insecure</c>.</param>
    public sealed record Options(string? Url = null, string? Profile = null, string? Workspace = null, bool Insecure = false);

    /// <exception cref="CliException">What was given leads nowhere, or must not be followed.</exception>
    public static Target Resolve(Options options, ProfileFile file)
    {
        var profiles = file.Read();
        var name = NameOf(options.Profile, profiles);
        profiles.Named.TryGetValue(name, out var profile);
        if (profile is null && (options.Profile ?? Variable("PLANE_PROFILE")) is { } wanted)
            throw CliException.Usage($"There is no profile '{wanted}'.", profiles.Named.Count == 0 ? "plane login makes one." : $"There are: {string.Join(", ", profiles.Named.Keys)}.");
        var (text, from) = Address(options, profile, name);
        var (url, inAddress) = Target.Parse(text, from);
        var home = profile is null ? null : Target.Parse(profile.Url, $"profile '{name}'").Url;
        var isHome = home is not null && Target.SameServer(home, url);
        var (key, keyFrom) = KeyFor(url, options, isHome ? profile : null, name);
        var insecure = options.Insecure || (isHome && profile!.Insecure);
        if (key is not null)
            Target.RequireSafe(url, insecure);
        var workspace = options.Workspace ?? inAddress ?? (options.Profile is null ? Variable("PLANE_WORKSPACE") ?? Variable("MLFLOW_WORKSPACE") : null)
            ?? (isHome ? profile!.Workspace : null);
        return new Target(url, Target.CheckWorkspace(workspace), key, from, keyFrom, insecure);
    }

    /// <summary>The profile that is meant: of <c>--profile</c>, else of <c>PLANE_PROFILE</c>, else the current one.</summary>
    public static string NameOf(string? option, Profiles profiles) => option ?? Variable("PLANE_PROFILE") ?? profiles.Current;

    /// <summary>The key that the environment holds for an address; null when it holds none.</summary>
    public static (string? Key, string? From) OfEnvironment(Uri url)
    {
        if (Variable("PLANE_KEY") is { } own)
            return (Target.CheckKey(own, "PLANE_KEY"), "PLANE_KEY");
        if (Variable("MLFLOW_TRACKING_TOKEN") is not { } token)
            return (null, null);
        // The token belongs to MLflow's address; another server has no business with it.
        var mlflow = Variable("MLFLOW_TRACKING_URI");
        return mlflow is null || !IsHttp(mlflow) || Target.SameServer(Target.Parse(mlflow, "MLFLOW_TRACKING_URI").Url, url)
            ? (Target.CheckKey(token, "MLFLOW_TRACKING_TOKEN"), "MLFLOW_TRACKING_TOKEN")
            : (null, null);
    }

    /// <summary>The address that the environment names; null when it names none.</summary>
    public static (string Text, string From)? AddressOfEnvironment()
    {
        if (Variable("PLANE_URL") is { } own)
            return (own, "PLANE_URL");
        // MLflow also takes folders and databases there, which are no business of ours.
        return Variable("MLFLOW_TRACKING_URI") is { } mlflow && IsHttp(mlflow) ? (mlflow, "MLFLOW_TRACKING_URI") : null;
    }

    private static (string Text, string From) Address(Options options, Profile? profile, string name)
    {
        if (options.Url is { } given)
            return (given, "--url");
        if (options.Profile is not null)
            return (profile!.Url, $"profile '{name}'");
        return AddressOfEnvironment() ?? (profile is null ? (DefaultUrl, "the default") : (profile.Url, $"profile '{name}'"));
    }

    private static (string? Key, string? From) KeyFor(Uri url, Options options, Profile? home, string name)
    {
        var ofProfile = home?.Key is { } key ? (Target.CheckKey(key, $"profile '{name}'"), $"profile '{name}'") : ((string?)null, (string?)null);
        if (options.Profile is not null && ofProfile.Item1 is not null)
            return ofProfile;
        return OfEnvironment(url) is { Key: not null } found ? found : ofProfile;
    }

    private static bool IsHttp(string text) => text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
