using MlopsPlane.Testing.Hosts;

[assembly: AssemblyFixture(typeof(AllInOneOnSqlite))]
[assembly: AssemblyFixture(typeof(AllInOneOnPostgres))]
[assembly: AssemblyFixture(typeof(GuardedOnSqlite))]
