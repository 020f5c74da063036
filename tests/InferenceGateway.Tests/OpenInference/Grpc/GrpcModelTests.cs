using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.Serving;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

public sealed class GrpcModelTests : IDisposable
{
    private readonly ServingWorld world;
    private readonly GrpcClient client;

    public GrpcModelTests(GrpcPlane plane)
    {
        world = new ServingWorld(plane);
        client = new GrpcClient(plane, world.Workspace);
    }

    [Fact]
    public async Task The_server_tells_that_it_lives_and_what_it_is()
    {
        Assert.True((await client.AskAsync<ServerLiveRequest, ServerLiveResponse>("ServerLive", new())).Live);
        Assert.True((await client.AskAsync<ServerReadyRequest, ServerReadyResponse>("ServerReady", new())).Ready);
        var metadata = await client.AskAsync<ServerMetadataRequest, ServerMetadataResponse>("ServerMetadata", new());
        Assert.Equal("mlopsplane", metadata.Name);
        Assert.Contains("statistics", metadata.Extensions);
        Assert.Contains("system_shared_memory", metadata.Extensions);
    }

    [Fact]
    public async Task A_model_tells_its_tensors_and_whether_it_is_ready()
    {
        var name = await world.DeployAsync("addsub.onnx");
        Assert.True((await client.AskAsync<ModelReadyRequest, ModelReadyResponse>("ModelReady", new() { Name = name, Version = "1" })).Ready);
        Assert.False((await client.AskAsync<ModelReadyRequest, ModelReadyResponse>("ModelReady", new() { Name = name, Version = "2" })).Ready);
        var metadata = await client.AskAsync<ModelMetadataRequest, ModelMetadataResponse>("ModelMetadata", new() { Name = name });
        Assert.Equal((name, "onnxruntime_onnx", "1"), (metadata.Name, metadata.Platform, Assert.Single(metadata.Versions)));
        Assert.Equal(["INPUT0 INT32 -1,16", "INPUT1 INT32 -1,16"], metadata.Inputs.Select(Shown));
        Assert.Equal(["OUTPUT0 INT32 -1,16", "OUTPUT1 INT32 -1,16"], metadata.Outputs.Select(Shown));
        await GrpcClient.RefusedAsync(
            () => client.AskAsync<ModelMetadataRequest, ModelMetadataResponse>("ModelMetadata", new() { Name = name, Version = "9" }), StatusCode.NotFound, "'9'");
    }

    [Fact]
    public async Task A_model_tells_its_configuration()
    {
        var name = await world.DeployAsync("identity-string.onnx");
        var text = (await client.AskAsync<ModelConfigRequest, ModelConfigResponse>("ModelConfig", new() { Name = name })).Config;
        Assert.Equal((DataType.TypeString, DataType.TypeString), (text.Input[0].DataType, text.Output[0].DataType));
        name = await world.DeployAsync("linear.onnx", new { batching = new { maxBatch = 7, maxDelayMs = 2, preferred = new[] { 4 }, queue = 9 }, instances = 2 });
        var config = (await client.AskAsync<ModelConfigRequest, ModelConfigResponse>("ModelConfig", new() { Name = name })).Config;
        Assert.Equal((name, "onnxruntime_onnx", "onnxruntime", 7), (config.Name, config.Platform, config.Backend, config.MaxBatchSize));
        Assert.Equal(("x", DataType.TypeFp32, "4"), (config.Input[0].Name, config.Input[0].DataType, string.Join(',', config.Input[0].Dims)));
        Assert.Equal(("y", "3"), (config.Output[0].Name, string.Join(',', config.Output[0].Dims)));
        Assert.Equal((2, ModelInstanceGroup.Types.Kind.Cpu), (config.InstanceGroup[0].Count, config.InstanceGroup[0].Kind));
        Assert.Equal((2000ul, 9u, 4), (config.DynamicBatching.MaxQueueDelayMicroseconds, config.DynamicBatching.DefaultQueuePolicy.MaxQueueSize, Assert.Single(config.DynamicBatching.PreferredBatchSize)));
    }

    [Fact]
    public async Task Statistics_count_what_was_asked()
    {
        var name = await world.DeployAsync("gather.onnx");
        var before = await OneAsync(name);
        for (var i = 0; i < 3; i++)
            await client.InferAsync(GrpcClient.Typed(name, "INT64", [2], new() { Int64Contents = { 1, 2 } }, "i"));
        await client.RefusedAsync(GrpcClient.Typed(name, "INT64", [1], new() { Int64Contents = { 99 } }, "i"), StatusCode.InvalidArgument);
        var after = await OneAsync(name);
        Assert.Equal((name, "1"), (after.Name, after.Version));
        Assert.Equal(6ul, after.InferenceCount - before.InferenceCount);
        Assert.Equal((3ul, 1ul), (after.InferenceStats.Success.Count - before.InferenceStats.Success.Count, after.InferenceStats.Fail.Count - before.InferenceStats.Fail.Count));
        Assert.True(after.InferenceStats.Success.Ns > before.InferenceStats.Success.Ns && after.LastInference > 0);
        var all = await client.AskAsync<ModelStatisticsRequest, ModelStatisticsResponse>("ModelStatistics", new());
        Assert.Equal(name, Assert.Single(all.ModelStats).Name);
        await GrpcClient.RefusedAsync(
            () => client.AskAsync<ModelStatisticsRequest, ModelStatisticsResponse>("ModelStatistics", new() { Name = "absent" }), StatusCode.NotFound, "'absent'");
    }

    [Fact]
    public async Task The_index_lists_the_models_of_the_workspace()
    {
        var name = await world.DeployAsync("linear.onnx");
        var index = await client.AskAsync<RepositoryIndexRequest, RepositoryIndexResponse>("RepositoryIndex", new() { Ready = true });
        var model = Assert.Single(index.Models);
        Assert.Equal((name, "1", "READY", ""), (model.Name, model.Version, model.State, model.Reason));
    }

    [Fact]
    public async Task What_is_not_deployed_is_not_loaded_and_settings_are_not_changed_so()
    {
        await GrpcClient.RefusedAsync(() => client.AskAsync<RepositoryModelLoadRequest, RepositoryModelLoadResponse>("RepositoryModelLoad", new() { ModelName = "m" }),
            StatusCode.NotFound, "'m'");
        await GrpcClient.RefusedAsync(() => client.AskAsync<RepositoryModelUnloadRequest, RepositoryModelUnloadResponse>("RepositoryModelUnload", new() { ModelName = "m" }),
            StatusCode.NotFound, "'m'");
        await GrpcClient.RefusedAsync(
            () => client.AskAsync<RepositoryModelLoadRequest, RepositoryModelLoadResponse>("RepositoryModelLoad", new() { ModelName = "m", Parameters = { ["config"] = new() { StringParam = "{}" } } }),
            StatusCode.InvalidArgument, "'config'", "/api/v1/serving/deployments");
        var trace = await client.AskAsync<TraceSettingRequest, TraceSettingResponse>("TraceSetting", new());
        Assert.Equal("opentelemetry", Assert.Single(trace.Settings["trace_mode"].Value));
        await GrpcClient.RefusedAsync(() => client.AskAsync<TraceSettingRequest, TraceSettingResponse>("TraceSetting", new() { Settings = { ["trace_rate"] = new() { Value = { "1" } } } }),
            StatusCode.Unimplemented, "OTEL_");
        Assert.True((await client.AskAsync<LogSettingsRequest, LogSettingsResponse>("LogSettings", new())).Settings["log_error"].BoolParam);
        await GrpcClient.RefusedAsync(() => client.AskAsync<LogSettingsRequest, LogSettingsResponse>("LogSettings", new() { Settings = { ["log_info"] = new() { BoolParam = true } } }),
            StatusCode.Unimplemented, "Logging");
    }

    private async Task<ModelStatistics> OneAsync(string name) => Assert.Single(
        (await client.AskAsync<ModelStatisticsRequest, ModelStatisticsResponse>("ModelStatistics", new() { Name = name, Version = "1" })).ModelStats);

    private static string Shown(ModelMetadataResponse.Types.TensorMetadata tensor) => $"{tensor.Name} {tensor.Datatype} {string.Join(',', tensor.Shape)}";

    public void Dispose()
    {
        client.Dispose();
        world.Dispose();
    }
}
