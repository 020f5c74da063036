using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.External;

/// <summary>Another product, which is a server outside to the one under test.</summary>
public sealed class ExternalPlane : AllInOneOnSqlite;
