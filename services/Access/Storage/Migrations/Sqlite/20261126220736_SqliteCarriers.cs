using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.Access.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SqliteCarriers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "available_at",
                table: "outbox",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(
                name: "lease",
                table: "outbox",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "leased_until",
                table: "outbox",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "previous_at",
                table: "outbox",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "outbox",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "attempts",
                table: "inbox_parked",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "available_at",
                table: "inbox_parked",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "dead_at",
                table: "inbox_parked",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "last_error",
                table: "inbox_parked",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "occurred_at",
                table: "inbox_parked",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "inbox_parked",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "touched_at",
                table: "inbox",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "last_at",
                table: "aggregate_sequences",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "previous_at",
                table: "aggregate_sequences",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "inbox_consumers",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox_consumers", x => x.name);
                });

            migrationBuilder.CreateIndex(
                name: "ix_outbox_held",
                table: "outbox",
                column: "aggregate",
                filter: "leased_until IS NOT NULL OR parked_at IS NOT NULL OR available_at > 0");

            migrationBuilder.CreateIndex(
                name: "IX_inbox_touched_at",
                table: "inbox",
                column: "touched_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "inbox_consumers");

            migrationBuilder.DropIndex(
                name: "ix_outbox_held",
                table: "outbox");

            migrationBuilder.DropIndex(
                name: "IX_inbox_touched_at",
                table: "inbox");

            migrationBuilder.DropColumn(
                name: "available_at",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "lease",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "leased_until",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "previous_at",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "attempts",
                table: "inbox_parked");

            migrationBuilder.DropColumn(
                name: "available_at",
                table: "inbox_parked");

            migrationBuilder.DropColumn(
                name: "dead_at",
                table: "inbox_parked");

            migrationBuilder.DropColumn(
                name: "last_error",
                table: "inbox_parked");

            migrationBuilder.DropColumn(
                name: "occurred_at",
                table: "inbox_parked");

            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "inbox_parked");

            migrationBuilder.DropColumn(
                name: "touched_at",
                table: "inbox");

            migrationBuilder.DropColumn(
                name: "last_at",
                table: "aggregate_sequences");

            migrationBuilder.DropColumn(
                name: "previous_at",
                table: "aggregate_sequences");
        }
    }
}
