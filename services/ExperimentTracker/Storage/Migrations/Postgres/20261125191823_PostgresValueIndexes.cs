using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.ExperimentTracker.Storage.Migrations.Postgres
{
    /// <summary>Indexes on the beginning of the values of params and tags; built while writers go on.</summary>
    public partial class PostgresValueIndexes : Migration
    {
        private static readonly string[] Tables = ["params", "tags"];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            foreach (var table in Tables)
            {
                // An index whose building broke off stays behind, invalid, and would be taken for the finished one.
                migrationBuilder.Sql($"DROP INDEX IF EXISTS ix_{table}_value_start");
                migrationBuilder.Sql(
                    $"CREATE INDEX CONCURRENTLY ix_{table}_value_start ON {table} (experiment_key, key, substr(value, 1, 200), run_key)",
                    suppressTransaction: true);
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var table in Tables)
                migrationBuilder.Sql($"DROP INDEX IF EXISTS ix_{table}_value_start");
        }
    }
}
