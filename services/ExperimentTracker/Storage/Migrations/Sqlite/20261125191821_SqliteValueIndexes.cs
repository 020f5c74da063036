using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.ExperimentTracker.Storage.Migrations.Sqlite
{
    /// <summary>Indexes on the beginning of the values of params and tags.</summary>
    public partial class SqliteValueIndexes : Migration
    {
        private static readonly string[] Tables = ["params", "tags"];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            foreach (var table in Tables)
                migrationBuilder.Sql($"CREATE INDEX ix_{table}_value_start ON {table} (experiment_key, key, substr(value, 1, 200), run_key)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var table in Tables)
                migrationBuilder.Sql($"DROP INDEX IF EXISTS ix_{table}_value_start");
        }
    }
}
