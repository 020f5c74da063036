using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.Hosting;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;
using MlopsPlane.Messaging.Samples;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.InferenceGateway.Tests.Sampling;

/// <summary>The product with a module that looks at samples.</summary>
public sealed class SamplingPlane : AllInOneOnSqlite, IGrpcPlane
{
    public string GrpcAddress { get; } = FreePort.Address();

    public Spectator Seen { get; } = new();

    protected override IPlaneModule[] Modules => [.. base.Modules, new SpectatorModule(Seen)];

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("grpc-urls", GrpcAddress)];

    private sealed class SpectatorModule(Spectator seen) : IPlaneModule
    {
        public string Name => "spectator";

        public bool HasApi => false;

        public void AddServices(WebApplicationBuilder builder, ModuleContext context) => builder.Services.AddSingleton<ISampleHandler>(seen);

        public void MapEndpoints(IEndpointRouteBuilder routes)
        {
        }
    }
}

/// <summary>Keeps what it sees; while it is held it sees nothing.</summary>
public sealed class Spectator : ISampleHandler
{
    private readonly ConcurrentQueue<InferenceSample> seen = new();

    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task HandleAsync(IReadOnlyList<InferenceSample> samples, CancellationToken ct)
    {
        await Gate.WaitAsync(ct);
        foreach (var sample in samples)
            seen.Enqueue(sample);
    }

    public IReadOnlyList<InferenceSample> Of(string deployment) => [.. seen.Where(sample => sample.InferenceServiceName == deployment)];
}
