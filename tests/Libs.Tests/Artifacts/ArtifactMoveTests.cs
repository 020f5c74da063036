using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Hosting.Workspaces;

namespace MlopsPlane.Libs.Tests.Artifacts;

public sealed class ArtifactMoveTests
{
    private static readonly ArtifactMove Move = new("team-a", "default", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero));

    [Theory]
    [InlineData("mlflow-artifacts:/workspaces/team-a/1/run/artifacts", "1/run/artifacts")]
    [InlineData("mlflow-artifacts:/workspaces/team-a", "")]
    [InlineData("mlflow-artifacts:/shared/x", "shared/x")]
    [InlineData("mlflow-artifacts:relative", "relative")]
    [InlineData("mlflow-artifacts://host:5000/1/run", "1/run")]
    [InlineData("http://host/w/team-a/api/2.0/mlflow-artifacts/artifacts/1/run", "1/run")]
    [InlineData("mlflow-artifacts:/a b/c%20d/e%2525", "a%20b/c%20d/e%25")]
    public void An_address_of_a_file_follows_it(string uri, string below) =>
        Assert.Equal("mlflow-artifacts:/from-team-a-20260102030405006/" + below, Move.Follow(uri));

    [Theory]
    [InlineData("s3://bucket/key")]
    [InlineData("runs:/1/model")]
    [InlineData("http://host/elsewhere")]
    [InlineData("mlflow-artifacts:/workspaces/team-b/1")]
    [InlineData("mlflow-artifacts:/workspaces")]
    [InlineData("mlflow-artifacts:/from-team-a-20260102030405006/1")]
    public void Any_other_address_stays(string uri) => Assert.Null(Move.Follow(uri));

    [Fact]
    public void What_moves_gets_another_name_when_its_own_was_taken_meanwhile()
    {
        var move = new WorkspaceMove(1, 2, "team-a", "default", Move);
        Assert.Equal("x", move.FreeName("x", new HashSet<string> { "y" }));
        Assert.Equal("x (team-a)", move.FreeName("x", new HashSet<string> { "x" }));
        Assert.Equal("x (team-a 2)", move.FreeName("x", new HashSet<string> { "x", "x (team-a)" }));
    }
}
