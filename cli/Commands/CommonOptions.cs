using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands;

/// <summary>What every command takes.</summary>
internal static class CommonOptions
{
    private const int MaxTimeoutSeconds = 86_400;

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "Address of the plane; else PLANE_URL, MLFLOW_TRACKING_URI, the profile, " + TargetResolver.DefaultUrl + ".", HelpName = "URL", Recursive = true,
    };

    public static readonly Option<string?> Profile = new("--profile") { Description = "Profile to use; else PLANE_PROFILE, or the current one.", HelpName = "NAME", Recursive = true };

    public static readonly Option<string?> Workspace = new("--workspace", "-w")
    {
        Description = "Workspace to work in; else that of the address, PLANE_WORKSPACE, MLFLOW_WORKSPACE, the profile, the server's default.", HelpName = "NAME", Recursive = true,
    };

    public static readonly Option<string> Output = new("--output", "-o") { Description = "text for people, json for programs.", DefaultValueFactory = _ => "text", Recursive = true };

    public static readonly Option<double> TimeoutSeconds = new("--timeout")
    {
        Description = "Longest wait for one answer, in seconds.", HelpName = "SECONDS", DefaultValueFactory = _ => PlaneClient.DefaultTimeoutSeconds, Recursive = true,
    };

    public static readonly Option<bool> Insecure = new("--insecure") { Description = "Let the key travel unencrypted to another machine.", Recursive = true };

    static CommonOptions()
    {
        Output.AcceptOnlyFromAmong("text", "json");
        TimeoutSeconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= MaxTimeoutSeconds))
                result.AddError($"'--timeout' must be above 0 and at most {MaxTimeoutSeconds} seconds.");
        });
    }

    public static IEnumerable<Option> All => [Url, Profile, Workspace, Output, TimeoutSeconds, Insecure];
}
