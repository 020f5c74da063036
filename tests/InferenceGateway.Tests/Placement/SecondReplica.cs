using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.InferenceGateway.Tests.Placement;

/// <summary>The product, whose gateway is called <c>first</c> and speaks gRPC.</summary>
public sealed class FirstOnSqlite : AllInOneOnSqlite, IGrpcPlane
{
    public string GrpcAddress { get; } = FreePort.Address();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("grpc-urls", GrpcAddress), new("Serving:ReplicaName", "first")];
}

/// <inheritdoc cref="FirstOnSqlite"/>
public sealed class FirstOnPostgres : AllInOneOnPostgres, IGrpcPlane
{
    public string GrpcAddress { get; } = FreePort.Address();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("grpc-urls", GrpcAddress), new("Serving:ReplicaName", "first")];
}

/// <summary>Another gateway on the database of the product.</summary>
internal sealed class SecondReplica : PlaneFixture, IGrpcPlane
{
    private readonly Dictionary<string, string?> settings;

    private SecondReplica(PlaneFixture product, string name, (string Key, string Value)[] more)
    {
        var configuration = product.Services.GetRequiredService<IConfiguration>();
        settings = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Services:Registry"] = product.Address.ToString(),
            ["Services:Access"] = product.Address.ToString(),
            ["Artifacts:Folder"] = Path.Combine(product.DataFolder, "artifacts"),
            ["Storage:DataFolder"] = product.DataFolder,
            ["Storage:Provider"] = configuration["Storage:Provider"],
            ["Storage:Postgres"] = configuration["Storage:Postgres"],
            ["Serving:ModelCache:Folder"] = Path.Combine(DataFolder, "models"),
            ["Serving:ReplicaName"] = name,
            ["grpc-urls"] = GrpcAddress,
        };
        foreach (var (key, value) in more)
            settings[key] = value;
    }

    public string GrpcAddress { get; } = FreePort.Address();

    protected override IPlaneModule[] Modules => [new InferenceModule()];

    protected override bool OnPostgres => false;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => settings;

    public static async Task<SecondReplica> StartAsync(PlaneFixture product, string name, params (string Key, string Value)[] more)
    {
        var replica = new SecondReplica(product, name, more);
        await replica.InitializeAsync();
        return replica;
    }
}
