using System.Net;
using System.Text.Json;
using MlopsPlane.Cli.Output;
using MlopsPlane.Primitives;

namespace MlopsPlane.Cli.Client;

/// <summary>What a server says of a refusal, in whichever shape it says it.</summary>
internal static class ErrorReader
{
    private const int MaxMessage = 2000;

    /// <summary>Reads problem details (<c>code</c>, <c>detail</c>), MLflow's <c>error_code</c> and <c>message</c>, OpenAI's <c>error</c>, and the inference protocol's.</summary>
    public static PlaneError Read(HttpStatusCode status, string? reason, ReadOnlyMemory<byte> body)
    {
        string? code = null, message = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            code = root.Text("error_code") ?? root.Text("code") ?? root.Text("error.code") ?? root.Text("error.type");
            message = root.Text("message") ?? root.Text("detail") ?? root.Text("error.message") ?? root.Text("error") ?? root.Text("title");
        }
        catch (JsonException)
        {
            // A proxy's page says nothing that its status does not.
        }

        message = string.IsNullOrWhiteSpace(message) ? $"The server answered {(int)status} {reason}" : message.Trim();
        return new PlaneError((int)status, code ?? $"http_{(int)status}", message.Length > MaxMessage ? message[..MaxMessage] + "…" : message);
    }

    /// <summary>The exception that ends a command that got this answer.</summary>
    public static CliException ToException(PlaneError error, bool keyShown) => error.Status switch
    {
        401 when keyShown => new CliException(ExitCodes.NotAllowed, error.Code, error.Message, "The key is unknown, revoked or expired: plane login stores another one."),
        401 => new CliException(ExitCodes.NotAllowed, error.Code, error.Message, "This server asks for a key: plane login stores one, or set PLANE_KEY."),
        403 => new CliException(ExitCodes.NotAllowed, error.Code, error.Message, "plane permissions shows what your key may do."),
        502 or 503 or 504 => new CliException(ExitCodes.Unreachable, error.Code, error.Message, "plane doctor looks for the reason."),
        _ => new CliException(ExitCodes.Failed, error.Code, error.Message),
    };
}
