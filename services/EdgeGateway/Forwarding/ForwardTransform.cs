using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.EdgeGateway.Configuration;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Credentials;
using MlopsPlane.Web.Identity.Tokens;
using MlopsPlane.Web.Workspaces;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace MlopsPlane.EdgeGateway.Forwarding;

/// <summary>
/// Takes what the client showed off the request and puts on what the edge knows: the caller's token for the service and
/// the workspace. The target stays as it was written. A client's own header of that name never gets through. Answers
/// that go on end with the rights of their reader.
/// </summary>
internal sealed class ForwardTransform : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        var tokens = context.Services.GetRequiredService<IdentityTokens>();
        var module = context.Cluster?.Metadata?.GetValueOrDefault(ProxyConfig.Module) ?? "";
        context.AddXForwarded(ForwardedTransformActions.Set);
        context.AddRequestTransform(request =>
        {
            var (http, headers) = (request.HttpContext, request.ProxyRequest.Headers);
            request.ProxyRequest.RequestUri = RawTarget.At(request.DestinationPrefix, http);
            headers.Authorization = null;
            headers.Remove(Credential.KeyHeader);
            headers.Remove(IdentityTokens.Header);
            headers.TryAddWithoutValidation(IdentityTokens.Header, tokens.For(http.Caller(), module));
            headers.Remove(WorkspaceName.Header);
            if (http.Workspace() is var workspace && workspace != WorkspaceName.Default)
                headers.TryAddWithoutValidation(WorkspaceName.Header, workspace);
            return default;
        });
        context.AddResponseTransform(response =>
        {
            if (response.ProxyResponse is { } answer && GoesOn(answer))
                response.HttpContext.EndWithRights();
            return default;
        });
    }

    /// <summary>WebSockets and server-sent events, which may last for hours.</summary>
    private static bool GoesOn(HttpResponseMessage answer) => answer.StatusCode == HttpStatusCode.SwitchingProtocols
        || (answer.Content.Headers.NonValidated.TryGetValues("Content-Type", out var types)
            && types.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase));
}
