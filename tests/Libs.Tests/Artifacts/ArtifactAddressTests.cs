using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.Libs.Tests.Artifacts;

public sealed class ArtifactAddressTests
{
    [Theory]
    [InlineData("mlflow-artifacts:/0/abc/artifacts", "0/abc/artifacts")]
    [InlineData("mlflow-artifacts://host:5000/0/abc", "0/abc")]
    [InlineData("mlflow-artifacts:", "")]
    [InlineData("mlflow-artifacts:///0/abc", "0/abc")]
    [InlineData("http://host:5000/api/2.0/mlflow-artifacts/artifacts/0/abc", "0/abc")]
    [InlineData("https://host/w/team-a/api/2.0/mlflow-artifacts/artifacts", "")]
    public void An_address_of_the_proxy_is_a_path_of_the_store(string uri, string path)
    {
        Assert.True(ArtifactUri.TryResolve(uri, out var resolved));
        Assert.Equal(path, resolved.Value);
    }

    [Theory]
    [InlineData("s3://bucket/key")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://host/elsewhere")]
    [InlineData("http://host/api/2.0/mlflow-artifacts/artifactsx/0")]
    [InlineData("mlflow-artifacts:/../x")]
    [InlineData("mlflow-artifacts:/a/%2e%2e/x")]
    [InlineData("http://host/api/2.0/mlflow-artifacts/artifacts/../../x")]
    public void Any_other_address_is_not_served(string uri) => Assert.False(ArtifactUri.TryResolve(uri, out _));

    [Theory]
    [InlineData("default", "0/abc", "0/abc")]
    [InlineData("default", "", "")]
    [InlineData("default", "workspaces/default/0", "workspaces/default/0")]
    [InlineData("team-a", "0/abc", "workspaces/team-a/0/abc")]
    [InlineData("team-a", "", "workspaces/team-a")]
    [InlineData("team-a", "workspaces/team-a/0/abc", "workspaces/team-a/0/abc")]
    [InlineData("team-a", "workspacesx/0", "workspaces/team-a/workspacesx/0")]
    public void A_workspaces_files_lie_in_its_own_folder(string workspace, string path, string place)
    {
        Assert.True(ArtifactPath.TryParse(path, out var parsed));
        Assert.Equal(place, ArtifactScope.Place(workspace, parsed).Value);
    }

    [Theory]
    [InlineData("team-a", "workspaces/team-b/0", "Artifact path targets workspace 'team-b' but the workspace specified in the request is 'team-a'.")]
    [InlineData("default", "workspaces/team-b", "Artifact path targets workspace 'team-b' but the workspace specified in the request is 'default'.")]
    [InlineData("default", "workspaces", "Artifact paths prefixed with 'workspaces/' must include a workspace name.")]
    [InlineData("team-a", "workspaces/", "Artifact paths prefixed with 'workspaces/' must include a workspace name.")]
    public void Another_workspaces_files_are_out_of_reach(string workspace, string path, string message)
    {
        Assert.True(ArtifactPath.TryParse(path, out var parsed));
        var refused = Assert.Throws<PlaneException>(() => ArtifactScope.Place(workspace, parsed));
        Assert.Equal((400, message), (refused.Error.Status, refused.Error.Message));
    }

    [Theory]
    [InlineData("a.txt", "text/plain")]
    [InlineData("b.pkl", "application/octet-stream")]
    [InlineData("c.png", "image/png")]
    [InlineData("d.pdf", "application/pdf")]
    [InlineData("MLmodel", "text/plain")]
    [InlineData("mlproject", "text/plain")]
    [InlineData("conda.yaml", "text/plain")]
    [InlineData("x.json", "text/plain")]
    [InlineData("page.html", "text/html")]
    [InlineData("noextension", "application/octet-stream")]
    public void Media_types_are_those_of_mlflow(string name, string type) => Assert.Equal(type, ArtifactMediaType.Of(name));
}
