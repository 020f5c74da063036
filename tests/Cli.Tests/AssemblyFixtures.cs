using MlopsPlane.Testing.Hosts;

[assembly: AssemblyFixture(typeof(AllInOneOnSqlite))]
[assembly: AssemblyFixture(typeof(GuardedOnSqlite))]
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
