using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.Access.Workspaces;

/// <summary>Writes workspaces as MLflow's Workspace message.</summary>
internal static class WorkspaceAnswer
{
    public static Task WriteAsync(HttpContext http, Workspace workspace) =>
        MlflowResponse.WriteAsync(http, workspace, static (writer, one) =>
        {
            writer.WritePropertyName("workspace");
            Write(writer, one);
        });

    public static void Write(Utf8JsonWriter writer, Workspace workspace)
    {
        writer.WriteStartObject();
        writer.WriteString("name", workspace.Name);
        writer.WriteOptional("description", workspace.Description);
        writer.WriteOptional("default_artifact_root", workspace.DefaultArtifactRoot);
        writer.WriteEndObject();
    }
}
