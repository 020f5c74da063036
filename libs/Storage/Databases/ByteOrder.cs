using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MlopsPlane.Storage.Databases;

/// <summary>Text on PostgreSQL is compared byte by byte, as SQLite and Python do; a locale's order would differ.</summary>
internal static class ByteOrder
{
    public static void Apply(IMutableModel model)
    {
        var texts = model.GetEntityTypes().SelectMany(entity => entity.GetDeclaredProperties())
            .Where(property => property.ClrType == typeof(string));
        foreach (var property in texts)
            property.SetCollation("C");
    }
}
