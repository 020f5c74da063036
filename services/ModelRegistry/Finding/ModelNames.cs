using MlopsPlane.Hosting.Names;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Finding;

/// <summary>Leaves out of a search the models that the caller may not see by their names.</summary>
internal static class ModelNames
{
    /// <summary>Keeps the models whose names pass.</summary>
    public static IQueryable<RegisteredModel> Passing(this IQueryable<RegisteredModel> models, NameGate? gate, PlaneDatabase provider) =>
        models.Passing(row => row.Name, gate, provider.Provider);

    /// <summary>Writes the condition on a column of names.</summary>
    public static void Write(SqlText sql, string column, NameGate gate, RegistryStatements statements) =>
        sql.Append(" AND ").Append(NameCondition.Sql(column, gate, statements.Database.Provider, sql.Add));
}
