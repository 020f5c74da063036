using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.ModelRegistry.Storage.Migrations.Postgres
{
    /// <summary>The database itself refuses to change or delete a row of the history; only the key of its workspace may follow a move.</summary>
    public partial class PostgresHistoryAppendOnly : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'The history of the registry is only added to.'; END $$;
            CREATE TRIGGER history_append_only
            BEFORE DELETE OR UPDATE OF entry_id, model_key, model, kind, alias, version, from_value, to_value, actor, reason, occurred_at ON history
            FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP TRIGGER history_append_only ON history;
            DROP FUNCTION refuse_history_change;
            """);
    }
}
