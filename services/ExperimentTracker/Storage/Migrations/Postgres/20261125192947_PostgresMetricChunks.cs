using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.ExperimentTracker.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PostgresMetricChunks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "chunked_step",
                table: "latest_metrics",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "chunked_timestamp",
                table: "latest_metrics",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "metric_chunks",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    number = table.Column<int>(type: "integer", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false),
                    first_timestamp = table.Column<long>(type: "bigint", nullable: false),
                    first_step = table.Column<long>(type: "bigint", nullable: false),
                    first_value = table.Column<double>(type: "double precision", nullable: true),
                    last_timestamp = table.Column<long>(type: "bigint", nullable: false),
                    last_step = table.Column<long>(type: "bigint", nullable: false),
                    min_step = table.Column<long>(type: "bigint", nullable: false),
                    max_step = table.Column<long>(type: "bigint", nullable: false),
                    min_value = table.Column<double>(type: "double precision", nullable: true),
                    max_value = table.Column<double>(type: "double precision", nullable: true),
                    nan_count = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metric_chunks", x => new { x.run_key, x.key, x.number });
                    table.ForeignKey(
                        name: "FK_metric_chunks_runs_run_key",
                        column: x => x.run_key,
                        principalTable: "runs",
                        principalColumn: "run_key",
                        onDelete: ReferentialAction.Cascade);
                });

            // The bytes do not shrink any further, and trying costs more than reading them.
            migrationBuilder.Sql("ALTER TABLE metric_chunks ALTER COLUMN data SET STORAGE EXTERNAL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "metric_chunks");

            migrationBuilder.DropColumn(
                name: "chunked_step",
                table: "latest_metrics");

            migrationBuilder.DropColumn(
                name: "chunked_timestamp",
                table: "latest_metrics");
        }
    }
}
