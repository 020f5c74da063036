using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MlopsPlane.ModelRegistry.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SqliteInitial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "aggregate_sequences",
                columns: table => new
                {
                    aggregate = table.Column<string>(type: "TEXT", nullable: false),
                    last = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_aggregate_sequences", x => x.aggregate);
                });

            migrationBuilder.CreateTable(
                name: "history",
                columns: table => new
                {
                    entry_id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    alias = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: true),
                    from_value = table.Column<string>(type: "TEXT", nullable: true),
                    to_value = table.Column<string>(type: "TEXT", nullable: true),
                    actor = table.Column<string>(type: "TEXT", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_history", x => x.entry_id);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                columns: table => new
                {
                    consumer = table.Column<string>(type: "TEXT", nullable: false),
                    aggregate = table.Column<string>(type: "TEXT", nullable: false),
                    last_sequence = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox", x => new { x.consumer, x.aggregate });
                });

            migrationBuilder.CreateTable(
                name: "inbox_parked",
                columns: table => new
                {
                    consumer = table.Column<string>(type: "TEXT", nullable: false),
                    aggregate = table.Column<string>(type: "TEXT", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    payload = table.Column<string>(type: "TEXT", nullable: false),
                    parked_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox_parked", x => new { x.consumer, x.aggregate, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "known_runs",
                columns: table => new
                {
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    run_id = table.Column<string>(type: "TEXT", nullable: false),
                    experiment_id = table.Column<string>(type: "TEXT", nullable: false),
                    run_name = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    start_time = table.Column<long>(type: "INTEGER", nullable: false),
                    end_time = table.Column<long>(type: "INTEGER", nullable: true),
                    learnt_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_known_runs", x => new { x.workspace_id, x.run_id });
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    position = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    aggregate = table.Column<string>(type: "TEXT", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    payload = table.Column<string>(type: "TEXT", nullable: false),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    last_error = table.Column<string>(type: "TEXT", nullable: true),
                    parked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.position);
                });

            migrationBuilder.CreateTable(
                name: "registered_models",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registered_models", x => x.model_key);
                });

            migrationBuilder.CreateTable(
                name: "workspaces",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workspaces", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "known_datasets",
                columns: table => new
                {
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    run_id = table.Column<string>(type: "TEXT", nullable: false),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: false),
                    source_type = table.Column<string>(type: "TEXT", nullable: false),
                    context = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_known_datasets", x => new { x.workspace_id, x.run_id, x.position });
                    table.ForeignKey(
                        name: "FK_known_datasets_known_runs_workspace_id_run_id",
                        columns: x => new { x.workspace_id, x.run_id },
                        principalTable: "known_runs",
                        principalColumns: new[] { "workspace_id", "run_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "known_metrics",
                columns: table => new
                {
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    run_id = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_known_metrics", x => new { x.workspace_id, x.run_id, x.key });
                    table.ForeignKey(
                        name: "FK_known_metrics_known_runs_workspace_id_run_id",
                        columns: x => new { x.workspace_id, x.run_id },
                        principalTable: "known_runs",
                        principalColumns: new[] { "workspace_id", "run_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_versions",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    current_stage = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    storage_location = table.Column<string>(type: "TEXT", nullable: false),
                    run_id = table.Column<string>(type: "TEXT", nullable: true),
                    run_link = table.Column<string>(type: "TEXT", nullable: true),
                    logged_model_id = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_versions", x => new { x.model_key, x.version });
                    table.ForeignKey(
                        name: "FK_model_versions_registered_models_model_key",
                        column: x => x.model_key,
                        principalTable: "registered_models",
                        principalColumn: "model_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "registered_model_tags",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registered_model_tags", x => new { x.model_key, x.key });
                    table.ForeignKey(
                        name: "FK_registered_model_tags_registered_models_model_key",
                        column: x => x.model_key,
                        principalTable: "registered_models",
                        principalColumn: "model_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_version_tags",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_version_tags", x => new { x.model_key, x.version, x.key });
                    table.ForeignKey(
                        name: "FK_model_version_tags_model_versions_model_key_version",
                        columns: x => new { x.model_key, x.version },
                        principalTable: "model_versions",
                        principalColumns: new[] { "model_key", "version" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "registered_model_aliases",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    alias = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registered_model_aliases", x => new { x.model_key, x.alias });
                    table.ForeignKey(
                        name: "FK_registered_model_aliases_model_versions_model_key_version",
                        columns: x => new { x.model_key, x.version },
                        principalTable: "model_versions",
                        principalColumns: new[] { "model_key", "version" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "version_contents",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: true),
                    total_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    file_count = table.Column<int>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    inspected_at = table.Column<long>(type: "INTEGER", nullable: true),
                    check_requested = table.Column<bool>(type: "INTEGER", nullable: false),
                    check_result = table.Column<string>(type: "TEXT", nullable: true),
                    check_detail = table.Column<string>(type: "TEXT", nullable: true),
                    checked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_contents", x => new { x.model_key, x.version });
                    table.ForeignKey(
                        name: "FK_version_contents_model_versions_model_key_version",
                        columns: x => new { x.model_key, x.version },
                        principalTable: "model_versions",
                        principalColumns: new[] { "model_key", "version" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "version_files",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_files", x => new { x.model_key, x.version, x.number });
                    table.ForeignKey(
                        name: "FK_version_files_version_contents_model_key_version",
                        columns: x => new { x.model_key, x.version },
                        principalTable: "version_contents",
                        principalColumns: new[] { "model_key", "version" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "version_signatures",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    ir_version = table.Column<long>(type: "INTEGER", nullable: false),
                    opset = table.Column<long>(type: "INTEGER", nullable: false),
                    producer = table.Column<string>(type: "TEXT", nullable: false),
                    producer_version = table.Column<string>(type: "TEXT", nullable: false),
                    graph_name = table.Column<string>(type: "TEXT", nullable: false),
                    parameter_count = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_signatures", x => new { x.model_key, x.version });
                    table.ForeignKey(
                        name: "FK_version_signatures_version_contents_model_key_version",
                        columns: x => new { x.model_key, x.version },
                        principalTable: "version_contents",
                        principalColumns: new[] { "model_key", "version" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "signature_tensors",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    direction = table.Column<string>(type: "TEXT", nullable: false),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    workspace_id = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    element_type = table.Column<string>(type: "TEXT", nullable: false),
                    shape = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signature_tensors", x => new { x.model_key, x.version, x.direction, x.position });
                    table.ForeignKey(
                        name: "FK_signature_tensors_version_signatures_model_key_version",
                        columns: x => new { x.model_key, x.version },
                        principalTable: "version_signatures",
                        principalColumns: new[] { "model_key", "version" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_history_model_key_entry_id",
                table: "history",
                columns: new[] { "model_key", "entry_id" });

            migrationBuilder.CreateIndex(
                name: "IX_history_workspace_id_model_entry_id",
                table: "history",
                columns: new[] { "workspace_id", "model", "entry_id" });

            migrationBuilder.CreateIndex(
                name: "IX_known_datasets_workspace_id_name_digest",
                table: "known_datasets",
                columns: new[] { "workspace_id", "name", "digest" });

            migrationBuilder.CreateIndex(
                name: "IX_known_metrics_workspace_id_key_value",
                table: "known_metrics",
                columns: new[] { "workspace_id", "key", "value" });

            migrationBuilder.CreateIndex(
                name: "IX_model_version_tags_key",
                table: "model_version_tags",
                column: "key");

            migrationBuilder.CreateIndex(
                name: "IX_model_versions_model_key_current_stage_version",
                table: "model_versions",
                columns: new[] { "model_key", "current_stage", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_model_versions_workspace_id_run_id",
                table: "model_versions",
                columns: new[] { "workspace_id", "run_id" });

            migrationBuilder.CreateIndex(
                name: "IX_model_versions_workspace_id_updated_at",
                table: "model_versions",
                columns: new[] { "workspace_id", "updated_at" });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_aggregate_sequence",
                table: "outbox",
                columns: new[] { "aggregate", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_registered_model_aliases_model_key_version",
                table: "registered_model_aliases",
                columns: new[] { "model_key", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_registered_model_tags_key",
                table: "registered_model_tags",
                column: "key");

            migrationBuilder.CreateIndex(
                name: "IX_registered_models_workspace_id_name",
                table: "registered_models",
                columns: new[] { "workspace_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_registered_models_workspace_id_updated_at",
                table: "registered_models",
                columns: new[] { "workspace_id", "updated_at" });

            migrationBuilder.CreateIndex(
                name: "IX_version_contents_due_at",
                table: "version_contents",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_version_contents_workspace_id_digest",
                table: "version_contents",
                columns: new[] { "workspace_id", "digest" });

            migrationBuilder.CreateIndex(
                name: "IX_version_files_workspace_id_sha256",
                table: "version_files",
                columns: new[] { "workspace_id", "sha256" });

            migrationBuilder.CreateIndex(
                name: "IX_workspaces_name",
                table: "workspaces",
                column: "name",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "aggregate_sequences");

            migrationBuilder.DropTable(
                name: "history");

            migrationBuilder.DropTable(
                name: "inbox");

            migrationBuilder.DropTable(
                name: "inbox_parked");

            migrationBuilder.DropTable(
                name: "known_datasets");

            migrationBuilder.DropTable(
                name: "known_metrics");

            migrationBuilder.DropTable(
                name: "model_version_tags");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "registered_model_aliases");

            migrationBuilder.DropTable(
                name: "registered_model_tags");

            migrationBuilder.DropTable(
                name: "signature_tensors");

            migrationBuilder.DropTable(
                name: "version_files");

            migrationBuilder.DropTable(
                name: "workspaces");

            migrationBuilder.DropTable(
                name: "known_runs");

            migrationBuilder.DropTable(
                name: "version_signatures");

            migrationBuilder.DropTable(
                name: "version_contents");

            migrationBuilder.DropTable(
                name: "model_versions");

            migrationBuilder.DropTable(
                name: "registered_models");
        }
    }
}
