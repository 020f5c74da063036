namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>Which address is used, and where it came from.</summary>
internal static class AddressCheck
{
    public static Finding Run(Call call)
    {
        try
        {
            var target = call.Target;
            var workspace = target.Workspace is { } name ? $", workspace '{name}'" : "";
            return target.Key is not null && target.Url.Scheme == "http" && !Settings.Target.IsLoopback(target.Url)
                ? Finding.Warning("address", $"{target.Address} from {target.UrlFrom}: the key travels unencrypted", "Put the server behind https.")
                : Finding.Ok("address", $"{target.Address} from {target.UrlFrom}{workspace}");
        }
        catch (CliException failure)
        {
            return Finding.Failed("address", failure);
        }
    }
}
