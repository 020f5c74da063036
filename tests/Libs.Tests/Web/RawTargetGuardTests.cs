using MlopsPlane.Web.Guards;

namespace MlopsPlane.Libs.Tests.Web;

public sealed class RawTargetGuardTests
{
    [Theory]
    [InlineData("/api/2.0/mlflow/runs/get?run_id=../../x")]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts/a/b..c/model.onnx")]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts/a%20b/%C3%A9")]
    [InlineData("/w/team-a/version")]
    [InlineData("/a%")]
    [InlineData("/images/dog%25step%2520%25timestamp%25100%25x.png")]
    public void A_plain_target_passes(string target) => Assert.True(RawTargetGuard.IsSafe(target));

    [Theory]
    [InlineData("/w/a/../b/version")]
    [InlineData("/a/./b")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a/%252e%252e/b")]
    [InlineData("/a/%25252e%25252e%25252fb")]
    [InlineData("/a/..%2fb")]
    [InlineData("/a%5c..%5cb")]
    [InlineData("/a\\b")]
    [InlineData("/a%00b")]
    [InlineData("/a%252500b")]
    [InlineData("/a%0d%0ab")]
    [InlineData("/..")]
    public void A_target_that_climbs_or_hides_is_refused(string target) => Assert.False(RawTargetGuard.IsSafe(target));

    [Fact]
    public void A_target_beyond_the_bound_is_refused() => Assert.False(RawTargetGuard.IsSafe("/" + new string('a', RawTargetGuard.MaxLength)));
}
