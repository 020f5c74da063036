using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Audit;

/// <summary>Who makes a change, and from where.</summary>
internal sealed record Origin(string Actor, string? KeyId, string? Address)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The product itself, where nobody asked for the change by name: a workspace that is made at its first use.</summary>
    public static Origin Plane { get; } = new("plane", null, null);

    public static Origin Of(HttpContext http)
    {
        var caller = http.Caller();
        return new(caller.Name, caller.KeyId, http.ClientAddressOf());
    }

    /// <summary>The line of the audit log, to be stored in the transaction of the change.</summary>
    /// <param name="at">Milliseconds since 1970 UTC.</param>
    /// <param name="action">Thing and verb: <c>keys.revoke</c>.</param>
    /// <param name="target">What it is done to.</param>
    /// <param name="details">What was asked for; no secrets.</param>
    public AuditEntry Entry(long at, string action, string target, string? workspace, object? details) => new()
    {
        At = at,
        Actor = Actor,
        KeyId = KeyId,
        Address = Address,
        Action = action,
        Target = target,
        Workspace = workspace,
        Details = details is null ? null : JsonSerializer.Serialize(details, details.GetType(), Json),
    };
}
