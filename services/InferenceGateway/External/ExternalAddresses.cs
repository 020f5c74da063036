using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Outbound;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>
/// What may be named as an external server. Names are not looked up here: what they resolve to is judged at each connection.
/// </summary>
internal sealed class ExternalAddresses([FromKeyedServices(ExternalServer.ClientName)] AddressRule addresses)
{
    /// <summary>Checks the external servers that are not those of <paramref name="before"/>.</summary>
    /// <exception cref="PlaneException">400: one lies where requests must not go.</exception>
    public void Check(DeploymentSpec spec, DeploymentSpec? before)
    {
        for (var i = 0; i < spec.Variants.Count; i++)
        {
            if (spec.Variants[i].Url is not { } url || before?.Variants.Any(old => old.Url == url) == true)
                continue;
            if (addresses.Refused(new Uri(url).IdnHost) is { } refused)
                throw SpecError.Of($"variants[{i}].url", $"must not lie at {refused}, which is not a public address, unless Serving:ExternalHosts allows it");
        }
    }
}
