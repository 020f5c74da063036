using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Access.Storage;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Workspaces;

/// <summary><c>DELETE workspaces/{name}</c></summary>
internal static class DeleteWorkspace
{
    private const string Restrict = "RESTRICT";
    private const string Cascade = "CASCADE";
    private const string SetDefault = "SET_DEFAULT";

    /// <summary>How long the answer waits for the other services to let go of the workspace.</summary>
    private static readonly TimeSpan SettleBound = TimeSpan.FromSeconds(5);

    public static async Task Handle(
        HttpContext http, string name, string? mode, AccessDb db, WorkspaceDirectory directory, IEnumerable<IWorkspaceContents> contents,
        [FromKeyedServices(AccessModule.ServiceName)] OutboxSignal signal, TimeProvider clock, CancellationToken ct)
    {
        if (name == WorkspaceName.Default)
            throw MlflowErrors.Invalid("The 'default' workspace is reserved and cannot be deleted");
        WorkspaceRules.CheckName(name);
        mode ??= Restrict;
        if (mode is not (Restrict or Cascade or SetDefault))
            throw MlflowErrors.Invalid($"Invalid deletion mode '{mode}'. Must be one of: {SetDefault}, {Cascade}, {Restrict}");
        if (!await db.Set<Workspace>().AnyAsync(row => row.Name == name, ct))
            throw MlflowErrors.Missing($"Workspace '{name}' not found");
        if (mode != Cascade)
            await RefuseUnlessEmptyAsync(name, mode, contents, ct);

        await db.WriteAsync(async token =>
        {
            if (await db.Set<Workspace>().Where(row => row.Name == name).ExecuteDeleteAsync(token) == 0)
                throw MlflowErrors.Missing($"Workspace '{name}' not found");
            await db.PublishAsync(new WorkspaceDeleted(name, clock.GetUtcNow()), clock, token);
        }, ct);
        directory.Forget(name);
        await signal.SettledAsync(SettleBound, ct);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task RefuseUnlessEmptyAsync(string name, string mode, IEnumerable<IWorkspaceContents> contents, CancellationToken ct)
    {
        foreach (var service in contents)
        {
            if (await service.CountAsync(name, ct) is not [var first, ..])
                continue;
            // Experiment ids count per workspace and are part of artifact addresses: moving them would break both.
            throw mode == SetDefault
                ? MlflowErrors.NotImplemented(
                    $"Cannot reassign resources from workspace '{name}' to 'default': '{first.Kind}' holds {first.Count} resource(s), "
                    + "and this server does not move resources between workspaces. Remove them, or delete with mode=CASCADE.")
                : MlflowErrors.InvalidState(
                    $"Cannot delete workspace '{name}': table '{first.Kind}' still contains {first.Count} resource(s). "
                    + "Remove or reassign them before deleting the workspace.");
        }
    }
}
