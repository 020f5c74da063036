using System.Net;

namespace MlopsPlane.Cli.Settings;

/// <summary>Where a command goes, and what it shows there.</summary>
/// <param name="Url">Address without a workspace; ends with a slash.</param>
/// <param name="Key">Null when nothing is shown.</param>
/// <param name="UrlFrom">What the address was taken from.</param>
/// <param name="KeyFrom">What the key was taken from.</param>
/// <param name="Insecure">The key may travel unencrypted.</param>
internal sealed record Target(Uri Url, string? Workspace, string? Key, string UrlFrom, string? KeyFrom, bool Insecure)
{
    /// <summary>Most characters of a key or token; what is longer is some other file.</summary>
    public const int MaxKey = 16 * 1024;

    /// <summary>Characters by which a key of the product may be recognised.</summary>
    public const int KeyPrefix = 14;

    private const int MaxWorkspace = 200;

    /// <summary>The address as people and configuration files write it.</summary>
    public string Address => Url.AbsoluteUri.TrimEnd('/');

    /// <summary>An address without and with its workspace: <c>http://host/w/team</c> names the workspace team of http://host.</summary>
    /// <exception cref="CliException">It is no address of a plane.</exception>
    public static (Uri Url, string? Workspace) Parse(string text, string from)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https"))
            throw CliException.Usage($"{from}: '{text}' is no http or https address.", "An address looks like http://127.0.0.1:5000 or https://plane.example.com.");
        if (given.UserInfo.Length > 0)
            throw CliException.Usage($"{from}: an address must not hold a name or a key, which would be shown to other users of this machine.", "Use plane login, or PLANE_KEY.");
        if (given.Query.Length > 0 || given.Fragment.Length > 0)
            throw CliException.Usage($"{from}: an address has no query and no fragment.");
        var path = given.AbsolutePath.TrimEnd('/');
        string? workspace = null;
        var parts = path.Split('/');
        if (parts is [.., "w", var last] && last.Length > 0)
        {
            workspace = Uri.UnescapeDataString(last);
            path = string.Join('/', parts[..^2]);
        }

        return (new Uri(given.GetLeftPart(UriPartial.Authority) + path + "/"), workspace);
    }

    /// <summary>Whether the two lead to the same server, so that a key of one may be shown to the other.</summary>
    public static bool SameServer(Uri one, Uri other) =>
        one.Scheme == other.Scheme && string.Equals(one.Host, other.Host, StringComparison.OrdinalIgnoreCase) && one.Port == other.Port;

    public static bool IsLoopback(Uri url) =>
        url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Refuses to show a key on a line that others can listen to.</summary>
    /// <exception cref="CliException">Plain http to another machine.</exception>
    public static void RequireSafe(Uri url, bool insecure)
    {
        if (url.Scheme == "http" && !insecure && !IsLoopback(url))
            throw new CliException(ExitCodes.Usage, "insecure_address",
                $"The key is not sent to {url.GetLeftPart(UriPartial.Authority)}: everybody on the way could read it.", "Use https, or --insecure on a network that you trust.");
    }

    /// <summary>A workspace that can be named in a header; which names there may be, the server judges.</summary>
    /// <exception cref="CliException">It cannot be sent.</exception>
    public static string? CheckWorkspace(string? name) => name is null || (name.Length is > 0 and <= MaxWorkspace && name.All(c => c is > ' ' and < '\x7f'))
        ? name
        : throw CliException.Usage("A workspace is named by one word of printable ASCII characters.");

    /// <summary>Whether a text is one of the product's keys as a whole, and not its id or prefix.</summary>
    public static bool LooksLikeKey(string text) => text.StartsWith("plane_", StringComparison.Ordinal) && text.Length > KeyPrefix + 1;

    /// <summary>A key as it was read, without what editors and echo put around it.</summary>
    /// <exception cref="CliException">It cannot be a key.</exception>
    public static string CheckKey(string? text, string from)
    {
        var key = text?.Trim();
        if (string.IsNullOrEmpty(key))
            throw CliException.Usage($"{from} holds no key.");
        if (key.Length > MaxKey || key.Any(c => c is <= ' ' or >= '\x7f'))
            throw CliException.Usage($"{from} holds no key: a key is one word of printable ASCII characters.");
        return key;
    }
}
