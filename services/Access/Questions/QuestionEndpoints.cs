using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Access.Audit;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Questions;

internal static class QuestionEndpoints
{
    public static void MapQuestionEndpoints(this IEndpointRouteBuilder access)
    {
        access.MapGet("/whoami", WhoAmI.Handle).WithName("access.WhoAmI").WithTags("questions").Requires(AccessPolicy.Anyone);
        access.MapGet("/permissions", WhatMayBeDone.Handle).WithName("access.WhatMayBeDone").WithTags("questions").ProducesProblem(400).ProducesProblem(404);
        access.MapGet("/who-may", WhoMay.Handle).WithName("access.WhoMay").WithTags("questions").ProducesProblem(400);
        access.MapGet("/audit", ListAudit.Handle).WithName("access.ListAudit").WithTags("audit").ProducesProblem(400);
    }
}
