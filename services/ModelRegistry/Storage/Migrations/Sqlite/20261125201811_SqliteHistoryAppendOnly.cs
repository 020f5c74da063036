using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.ModelRegistry.Storage.Migrations.Sqlite
{
    /// <summary>The database itself refuses to change or delete a row of the history; only the key of its workspace may follow a move.</summary>
    public partial class SqliteHistoryAppendOnly : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            CREATE TRIGGER history_no_update
            BEFORE UPDATE OF entry_id, model_key, model, kind, alias, version, from_value, to_value, actor, reason, occurred_at ON history
            BEGIN SELECT RAISE(ABORT, 'The history of the registry is only added to.'); END;
            CREATE TRIGGER history_no_delete BEFORE DELETE ON history
            BEGIN SELECT RAISE(ABORT, 'The history of the registry is only added to.'); END;
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP TRIGGER history_no_update;
            DROP TRIGGER history_no_delete;
            """);
    }
}
