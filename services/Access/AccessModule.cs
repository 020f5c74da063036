using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Facts;
using MlopsPlane.Access.Grants;
using MlopsPlane.Access.Keys;
using MlopsPlane.Access.Members;
using MlopsPlane.Access.Questions;
using MlopsPlane.Access.Roles;
using MlopsPlane.Access.Startup;
using MlopsPlane.Access.Storage;
using MlopsPlane.Access.Workspaces;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Messaging;
using MlopsPlane.Mlflow;
using MlopsPlane.Mlflow.OpenApi;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.OpenApi;

namespace MlopsPlane.Access;

/// <summary>The service as a host sees it.</summary>
public sealed class AccessModule : IPlaneModule
{
    public const string ServiceName = "access";

    public string Name => ServiceName;

    public void AddServices(WebApplicationBuilder builder, ModuleContext context)
    {
        var services = builder.Services;
        services.AddMlflowProtocol();
        services.AddOpenApi(ServiceName, options =>
        {
            options.Describe(ServiceName, "MlopsPlane access");
            options.DescribeMlflow();
        });
        services.AddPlaneDb<AccessDb, SqliteAccessDb, PostgresAccessDb>(ServiceName);
        services.AddOutbox<AccessDb>(ServiceName, context.DispatchInProcess);
        services.AddOptions<WorkspaceOptions>().BindConfiguration("Workspaces");
        services.AddScoped<WorkspaceWriter>();
        services.AddSingleton<DeletionRules>();
        services.AddSingleton<WorkspaceDirectory>();
        services.AddSingleton<IWorkspaceDirectory>(provider => provider.GetRequiredService<WorkspaceDirectory>());
        services.AddScoped<AccessChange>();
        services.AddSingleton<IIdentitySource, IdentityDirectory>();
        services.AddSingleton<IAdminKeys, AdminKeys>();
        if (!context.DispatchInProcess)
            services.AddHostedService<WarmIdentities>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapWorkspaceEndpoints();
        routes.MapFacts();
        routes.MapIdentityFacts();
        var access = routes.MapGroup("/api/v1/access").AddEndpointFilter(CleanTextFilter.JudgeAsync)
            .Requires(AccessPolicy.Admin(ResourceKind.Access) with { InAllWorkspaces = true });
        access.MapMemberEndpoints();
        access.MapKeyEndpoints();
        access.MapRoleEndpoints();
        access.MapGrantEndpoints();
        access.MapQuestionEndpoints();
    }
}
