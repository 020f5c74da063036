using Grpc.Core;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.OpenInference.Rest;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The protocol's questions about models.</summary>
internal sealed class GrpcModels(ServedDeployments served, KnownDeployments known, ModelSwitch models)
{
    public ModelReadyResponse Ready(ModelReadyRequest request, HttpContext http) =>
        new() { Ready = ModelMetadata.IsReady(Require(http, request.Name), request.Version) };

    public ModelMetadataResponse Metadata(ModelMetadataRequest request, HttpContext http)
    {
        var metadata = ModelMetadata.Of(Require(http, request.Name), request.Version);
        return new()
        {
            Name = metadata.Name,
            Versions = { metadata.Versions },
            Platform = metadata.Platform,
            Inputs = { metadata.Inputs.Select(Shown) },
            Outputs = { metadata.Outputs.Select(Shown) },
        };
    }

    public ModelConfigResponse Config(ModelConfigRequest request, HttpContext http)
    {
        var deployment = Require(http, request.Name);
        return new() { Config = ModelConfigWire.Of(ModelConfigView.Of(deployment, ModelMetadata.RequireVersion(deployment, request.Version))) };
    }

    /// <summary>Of a version, of all versions of a model, or of all models.</summary>
    public ModelStatisticsResponse Statistics(ModelStatisticsRequest request, HttpContext http)
    {
        if (request.Name.Length == 0)
            return new() { ModelStats = { Models.Visible(http, served).SelectMany(Models.Each).Select(ModelStatisticsWire.Of) } };
        var deployment = Require(http, request.Name);
        IEnumerable<ModelStatisticsView> views = request.Version.Length == 0
            ? Models.Each(deployment)
            : [ModelStatisticsView.Of(deployment, ModelMetadata.RequireVersion(deployment, request.Version))];
        return new() { ModelStats = { views.Select(ModelStatisticsWire.Of) } };
    }

    public RepositoryIndexResponse Index(RepositoryIndexRequest request, HttpContext http) => new()
    {
        Models =
        {
            RepositoryIndex.Entries(http, served, known).Where(entry => !request.Ready || entry.State == "READY").Select(
                entry => new RepositoryIndexResponse.Types.ModelIndex { Name = entry.Name, Version = entry.Version ?? "", State = entry.State, Reason = entry.Reason }),
        },
    };

    public async Task<RepositoryModelLoadResponse> LoadAsync(RepositoryModelLoadRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        http.NameGate()?.Require(request.ModelName);
        RepositoryControl.RefuseFiles(request.Parameters.Keys);
        await models.LoadAsync(http, request.ModelName, context.CancellationToken);
        return new();
    }

    public async Task<RepositoryModelUnloadResponse> UnloadAsync(RepositoryModelUnloadRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        http.NameGate()?.Require(request.ModelName);
        await models.UnloadAsync(http, request.ModelName, context.CancellationToken);
        return new();
    }

    private ServedDeployment Require(HttpContext http, string name)
    {
        http.NameGate()?.Require(name);
        return served.Require(http.Workspace(), name);
    }

    private static ModelMetadataResponse.Types.TensorMetadata Shown(ModelMetadata.Tensor tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };
}
