using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Storage;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Workspaces;

/// <summary>
/// <c>DELETE workspaces/{name}</c>: <c>RESTRICT</c> refuses one that holds something, <c>CASCADE</c> takes that along,
/// <c>SET_DEFAULT</c> gives it to the workspace <c>default</c>.
/// </summary>
internal static class DeleteWorkspace
{
    private const string Restrict = "RESTRICT";
    private const string Cascade = "CASCADE";
    private const string SetDefault = "SET_DEFAULT";

    /// <summary>How long the answer waits for the other services to let go of the workspace.</summary>
    private static readonly TimeSpan SettleBound = TimeSpan.FromSeconds(5);

    public static async Task Handle(
        HttpContext http, string name, string? mode, AccessDb db, WorkspaceDirectory directory, DeletionRules rules,
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
        switch (mode)
        {
            case Restrict:
                await rules.RequireEmptyAsync(name, ct);
                break;
            case SetDefault:
                await rules.RequireNoClashAsync(name, WorkspaceName.Default, ct);
                break;
        }

        await db.WriteAsync(async token =>
        {
            if (await db.Set<Workspace>().Where(row => row.Name == name).ExecuteDeleteAsync(token) == 0)
                throw MlflowErrors.Missing($"Workspace '{name}' not found");
            var target = mode == SetDefault ? WorkspaceName.Default : null;
            db.Audit.Add(Origin.Of(http).Entry(clock.NowMilliseconds(), "workspaces.delete", name, name, new { mode }));
            await db.PublishAsync(new WorkspaceDeleted(name, clock.GetUtcNow(), target), clock, token);
        }, ct);
        directory.Forget(name);
        await signal.SettledAsync(SettleBound, ct);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
