using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.Deployments;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

public sealed class GrpcIdentityTests(GuardedGrpcPlane plane) : IClassFixture<GuardedGrpcPlane>
{
    [Fact]
    public async Task Without_a_key_nothing_is_told()
    {
        using var client = new GrpcClient(plane, "default");
        await GrpcClient.RefusedAsync(() => client.AskAsync<ServerMetadataRequest, ServerMetadataResponse>("ServerMetadata", new()), StatusCode.Unauthenticated);
        await client.RefusedAsync(GrpcClient.Floats("m", [1, 2], 1, 2), StatusCode.Unauthenticated);
        using var wrong = new GrpcClient(plane, "default", "plane_wrong");
        await wrong.RefusedAsync(GrpcClient.Floats("m", [1, 2], 1, 2), StatusCode.Unauthenticated);
    }

    [Fact]
    public async Task A_caller_infers_with_its_own_deployments_only()
    {
        var (workspace, own, other) = (PlaneFixture.FreshWorkspace(), Name(), Name());
        await DeployAsync(workspace, own);
        await DeployAsync(workspace, other);
        using var caller = await CallerAsync(workspace, own);
        await caller.InferAsync(GrpcClient.Floats(own, [1, 2], 1, 2));
        await caller.RefusedAsync(GrpcClient.Floats(other, [1, 2], 1, 2), StatusCode.PermissionDenied, other);
        await GrpcClient.RefusedAsync(
            () => caller.AskAsync<ModelMetadataRequest, ModelMetadataResponse>("ModelMetadata", new() { Name = other }), StatusCode.PermissionDenied, other);
        var index = await caller.AskAsync<RepositoryIndexRequest, RepositoryIndexResponse>("RepositoryIndex", new());
        Assert.Equal(own, Assert.Single(index.Models).Name);
        var statistics = await caller.AskAsync<ModelStatisticsRequest, ModelStatisticsResponse>("ModelStatistics", new());
        Assert.Equal(own, Assert.Single(statistics.ModelStats).Name);
        await GrpcClient.RefusedAsync(
            () => caller.AskAsync<ModelStatisticsRequest, ModelStatisticsResponse>("ModelStatistics", new() { Name = other }), StatusCode.PermissionDenied, other);
        await GrpcClient.RefusedAsync(
            () => caller.AskAsync<RepositoryModelLoadRequest, RepositoryModelLoadResponse>("RepositoryModelLoad", new() { ModelName = own }), StatusCode.PermissionDenied);
        await GrpcClient.RefusedAsync(() => caller.AskAsync<LogSettingsRequest, LogSettingsResponse>("LogSettings", new()), StatusCode.PermissionDenied);
        using var stream = caller.Stream();
        await stream.RequestStream.WriteAsync(GrpcClient.Floats(other, [1, 2], 1, 2));
        await stream.RequestStream.WriteAsync(GrpcClient.Floats(own, [1, 2], 1, 2));
        Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Contains(other, stream.ResponseStream.Current.ErrorMessage, StringComparison.Ordinal);
        Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal("", stream.ResponseStream.Current.ErrorMessage);
    }

    [Fact]
    public async Task Another_workspace_has_no_such_model()
    {
        var (workspace, elsewhere, name) = (PlaneFixture.FreshWorkspace(), PlaneFixture.FreshWorkspace(), Name());
        await DeployAsync(workspace, name);
        using var admin = new GrpcClient(plane, elsewhere, plane.AdminKey);
        await admin.RefusedAsync(GrpcClient.Floats(name, [1, 2], 1, 2), StatusCode.NotFound, name);
        using var caller = await CallerAsync(workspace, name);
        using var crossing = new GrpcClient(plane, elsewhere, caller.Headers.GetValue("authorization")!["Bearer ".Length..]);
        await crossing.RefusedAsync(GrpcClient.Floats(name, [1, 2], 1, 2), StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task Shared_memory_is_off()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var admin = new GrpcClient(plane, workspace, plane.AdminKey);
        await GrpcClient.RefusedAsync(
            () => admin.AskAsync<SystemSharedMemoryStatusRequest, SystemSharedMemoryStatusResponse>("SystemSharedMemoryStatus", new()),
            StatusCode.Unimplemented, "Serving:SharedMemory");
        var metadata = await admin.AskAsync<ServerMetadataRequest, ServerMetadataResponse>("ServerMetadata", new());
        Assert.DoesNotContain("system_shared_memory", metadata.Extensions);
    }

    private static string Name() => $"m-{Guid.CreateVersion7():N}";

    private async Task<GrpcClient> CallerAsync(string workspace, string name)
    {
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace, role = "caller", name });
        var client = new GrpcClient(plane, workspace, account.Key);
        await GuardedFixture.UntilAsync(async () =>
        {
            try
            {
                await client.AskAsync<ModelReadyRequest, ModelReadyResponse>("ModelReady", new() { Name = name });
                return true;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.PermissionDenied)
            {
                return false;
            }
        });
        return client;
    }

    private async Task DeployAsync(string workspace, string name)
    {
        using var http = plane.WithKey(plane.AdminKey, workspace);
        using var admin = new DeploymentClient(http, workspace);
        var folder = $"models/{Guid.CreateVersion7():N}";
        using var file = new ByteArrayContent(TestModels.Read("identity-fp32.onnx"));
        (await http.PutAsync($"/api/2.0/mlflow-artifacts/artifacts/{folder}/model.onnx", file)).Dispose();
        await admin.OkAsync(HttpMethod.Post, "/api/2.0/mlflow/registered-models/create", new { name });
        await admin.OkAsync(HttpMethod.Post, "/api/2.0/mlflow/model-versions/create", new { name, source = $"mlflow-artifacts:/{folder}" });
        await Until.TrueAsync(async () =>
            (await admin.GetAsync($"/api/v1/registry/models/{name}/versions/1/content")).GetProperty("state").GetString() != "pending");
        await admin.OkAsync(HttpMethod.Post, "", new { model = $"models:/{name}/1" });
        using var client = new GrpcClient(plane, workspace, plane.AdminKey);
        await Until.TrueAsync(async () =>
        {
            try
            {
                return (await client.AskAsync<ModelReadyRequest, ModelReadyResponse>("ModelReady", new() { Name = name })).Ready;
            }
            catch (RpcException absent) when (absent.StatusCode == StatusCode.NotFound)
            {
                return false;
            }
        });
    }
}
