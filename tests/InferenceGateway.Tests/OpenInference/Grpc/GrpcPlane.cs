using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

/// <summary>The one-process product that speaks gRPC too.</summary>
public sealed class GrpcPlane : AllInOneOnSqlite, IGrpcPlane
{
    public string GrpcAddress { get; } = FreePort.Address();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("grpc-urls", GrpcAddress)];
}

/// <summary>The same, where messages may have 64 KiB.</summary>
public sealed class NarrowGrpcPlane : AllInOneOnSqlite, IGrpcPlane
{
    public const int MaxBytes = 65536;

    public string GrpcAddress { get; } = FreePort.Address();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [new("grpc-urls", GrpcAddress), new("Serving:MaxBodyBytes", $"{MaxBytes}")];
}

/// <summary>The same, where callers show a key.</summary>
public sealed class GuardedGrpcPlane : GuardedOnSqlite, IGrpcPlane
{
    public string GrpcAddress { get; } = FreePort.Address();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("grpc-urls", GrpcAddress)];
}

public interface IGrpcPlane
{
    string GrpcAddress { get; }
}
