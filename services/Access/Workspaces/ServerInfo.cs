using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.Access.Workspaces;

/// <summary><c>GET server-info</c>: what MLflow's client asks before it names a workspace.</summary>
internal static class ServerInfo
{
    public static Task Handle(HttpContext http) => MlflowResponse.WriteAsync(http, 0, static (writer, _) =>
    {
        writer.WriteString("store_type", "SqlStore");
        writer.WriteBoolean("workspaces_enabled", true);
    });
}
