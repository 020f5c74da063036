using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class ServedDeploymentsTests
{
    [Fact]
    public void What_another_replica_serves_is_not_ready_here_and_what_nobody_deployed_is_unknown()
    {
        var known = new KnownDeployments();
        known.Set([new DesiredDeployment(1, "ws", 1, new DeploymentSpec { Name = "moved", Variants = [] }, new Dictionary<string, VariantTarget>())]);
        var served = new ServedDeployments(known);
        var moved = Assert.Throws<PlaneException>(() => served.Require("ws", "moved")).Error;
        Assert.Equal((503, "model_not_ready"), (moved.Status, moved.Code));
        Assert.NotNull(moved.RetryAfterSeconds);
        Assert.Equal(404, Assert.Throws<PlaneException>(() => served.Require("ws", "none")).Error.Status);
        Assert.Equal(404, Assert.Throws<PlaneException>(() => served.Require("other", "moved")).Error.Status);
    }
}
