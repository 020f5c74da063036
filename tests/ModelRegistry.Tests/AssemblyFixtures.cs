using MlopsPlane.ModelRegistry.Tests.Webhooks;
using MlopsPlane.Testing.Hosts;

[assembly: AssemblyFixture(typeof(AllInOneOnSqlite))]
[assembly: AssemblyFixture(typeof(AllInOneOnPostgres))]
[assembly: AssemblyFixture(typeof(WebhookPlaneOnSqlite))]
[assembly: AssemblyFixture(typeof(WebhookPlaneOnPostgres))]
