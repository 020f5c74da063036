using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.ExperimentTracker.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SqliteMetricChunks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "chunked_step",
                table: "latest_metrics",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "chunked_timestamp",
                table: "latest_metrics",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "metric_chunks",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "INTEGER", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    count = table.Column<int>(type: "INTEGER", nullable: false),
                    first_timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    first_step = table.Column<long>(type: "INTEGER", nullable: false),
                    first_value = table.Column<double>(type: "REAL", nullable: true),
                    last_timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    last_step = table.Column<long>(type: "INTEGER", nullable: false),
                    min_step = table.Column<long>(type: "INTEGER", nullable: false),
                    max_step = table.Column<long>(type: "INTEGER", nullable: false),
                    min_value = table.Column<double>(type: "REAL", nullable: true),
                    max_value = table.Column<double>(type: "REAL", nullable: true),
                    nan_count = table.Column<int>(type: "INTEGER", nullable: false),
                    data = table.Column<byte[]>(type: "BLOB", nullable: false)
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
