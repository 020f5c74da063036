using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;
using MlopsPlane.Testing.Hosts;

[assembly: AssemblyFixture(typeof(AllInOneOnSqlite))]
[assembly: AssemblyFixture(typeof(AllInOneOnPostgres))]
[assembly: AssemblyFixture(typeof(GuardedOnSqlite))]
[assembly: AssemblyFixture(typeof(GrpcPlane))]
