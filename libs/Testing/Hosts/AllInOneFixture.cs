using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;

namespace MlopsPlane.Testing.Hosts;

/// <summary>The one-process product on SQLite.</summary>
public class AllInOneOnSqlite : PlaneFixture
{
    protected override IPlaneModule[] Modules => Product.Modules;

    protected override bool OnPostgres => false;
}

/// <summary>The one-process product on a real PostgreSQL.</summary>
public class AllInOneOnPostgres : PlaneFixture
{
    protected override IPlaneModule[] Modules => Product.Modules;

    protected override bool OnPostgres => true;
}
