using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.Access.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SqliteInitial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "workspaces",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    default_artifact_root = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workspaces", x => x.name);
                });

            migrationBuilder.InsertData(
                table: "workspaces",
                columns: new[] { "name", "created_at", "default_artifact_root", "description" },
                values: new object[] { "default", 0L, null, "Default workspace for legacy resources" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "workspaces");
        }
    }
}
