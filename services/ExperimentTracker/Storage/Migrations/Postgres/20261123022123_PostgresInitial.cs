using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MlopsPlane.ExperimentTracker.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PostgresInitial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "aggregate_sequences",
                columns: table => new
                {
                    aggregate = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    last = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_aggregate_sequences", x => x.aggregate);
                });

            migrationBuilder.CreateTable(
                name: "artifact_removals",
                columns: table => new
                {
                    removal_key = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    workspace = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    uri = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_artifact_removals", x => x.removal_key);
                });

            migrationBuilder.CreateTable(
                name: "experiment_counters",
                columns: table => new
                {
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    last = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_experiment_counters", x => x.workspace_id);
                });

            migrationBuilder.CreateTable(
                name: "experiments",
                columns: table => new
                {
                    experiment_key = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    experiment_id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    artifact_location = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    lifecycle_stage = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    creation_time = table.Column<long>(type: "bigint", nullable: false),
                    last_update_time = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_experiments", x => x.experiment_key);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                columns: table => new
                {
                    consumer = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    aggregate = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    last_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox", x => new { x.consumer, x.aggregate });
                });

            migrationBuilder.CreateTable(
                name: "inbox_parked",
                columns: table => new
                {
                    consumer = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    aggregate = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    payload = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    parked_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox_parked", x => new { x.consumer, x.aggregate, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "metrics",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    timestamp = table.Column<long>(type: "bigint", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    is_nan = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metrics", x => new { x.run_key, x.key, x.timestamp, x.step, x.value, x.is_nan });
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    position = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    aggregate = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    payload = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    occurred_at = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    last_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    parked_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.position);
                });

            migrationBuilder.CreateTable(
                name: "registrations",
                columns: table => new
                {
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    run_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    logged_model_id = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registrations", x => new { x.workspace_id, x.model, x.version });
                });

            migrationBuilder.CreateTable(
                name: "retention_policies",
                columns: table => new
                {
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    deleted_after_days = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_retention_policies", x => x.workspace_id);
                });

            migrationBuilder.CreateTable(
                name: "workspaces",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workspaces", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "datasets",
                columns: table => new
                {
                    dataset_key = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    experiment_key = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    source_type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    schema = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    profile = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_datasets", x => x.dataset_key);
                    table.ForeignKey(
                        name: "FK_datasets_experiments_experiment_key",
                        column: x => x.experiment_key,
                        principalTable: "experiments",
                        principalColumn: "experiment_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "experiment_tags",
                columns: table => new
                {
                    experiment_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_experiment_tags", x => new { x.experiment_key, x.key });
                    table.ForeignKey(
                        name: "FK_experiment_tags_experiments_experiment_key",
                        column: x => x.experiment_key,
                        principalTable: "experiments",
                        principalColumn: "experiment_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "logged_models",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    model_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    experiment_key = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    artifact_uri = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    creation_time = table.Column<long>(type: "bigint", nullable: false),
                    last_update_time = table.Column<long>(type: "bigint", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status_message = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    lifecycle_stage = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model_type = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    source_run_id = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logged_models", x => x.model_key);
                    table.ForeignKey(
                        name: "FK_logged_models_experiments_experiment_key",
                        column: x => x.experiment_key,
                        principalTable: "experiments",
                        principalColumn: "experiment_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "runs",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    run_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    experiment_key = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    user_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    start_time = table.Column<long>(type: "bigint", nullable: false),
                    end_time = table.Column<long>(type: "bigint", nullable: true),
                    artifact_uri = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    lifecycle_stage = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    deleted_time = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_runs", x => x.run_key);
                    table.ForeignKey(
                        name: "FK_runs_experiments_experiment_key",
                        column: x => x.experiment_key,
                        principalTable: "experiments",
                        principalColumn: "experiment_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "logged_model_metrics",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    timestamp = table.Column<long>(type: "bigint", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    run_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    is_nan = table.Column<bool>(type: "boolean", nullable: false),
                    dataset_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    dataset_digest = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logged_model_metrics", x => new { x.model_key, x.key, x.timestamp, x.step, x.run_id });
                    table.ForeignKey(
                        name: "FK_logged_model_metrics_logged_models_model_key",
                        column: x => x.model_key,
                        principalTable: "logged_models",
                        principalColumn: "model_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "logged_model_params",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logged_model_params", x => new { x.model_key, x.key });
                    table.ForeignKey(
                        name: "FK_logged_model_params_logged_models_model_key",
                        column: x => x.model_key,
                        principalTable: "logged_models",
                        principalColumn: "model_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "logged_model_tags",
                columns: table => new
                {
                    model_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logged_model_tags", x => new { x.model_key, x.key });
                    table.ForeignKey(
                        name: "FK_logged_model_tags_logged_models_model_key",
                        column: x => x.model_key,
                        principalTable: "logged_models",
                        principalColumn: "model_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dataset_inputs",
                columns: table => new
                {
                    input_key = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    dataset_key = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dataset_inputs", x => x.input_key);
                    table.ForeignKey(
                        name: "FK_dataset_inputs_datasets_dataset_key",
                        column: x => x.dataset_key,
                        principalTable: "datasets",
                        principalColumn: "dataset_key",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_dataset_inputs_runs_run_key",
                        column: x => x.run_key,
                        principalTable: "runs",
                        principalColumn: "run_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "latest_metrics",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    timestamp = table.Column<long>(type: "bigint", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    is_nan = table.Column<bool>(type: "boolean", nullable: false),
                    experiment_key = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_latest_metrics", x => new { x.run_key, x.key });
                    table.ForeignKey(
                        name: "FK_latest_metrics_runs_run_key",
                        column: x => x.run_key,
                        principalTable: "runs",
                        principalColumn: "run_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_inputs",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    model_id = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_inputs", x => new { x.run_key, x.model_id });
                    table.ForeignKey(
                        name: "FK_model_inputs_runs_run_key",
                        column: x => x.run_key,
                        principalTable: "runs",
                        principalColumn: "run_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_outputs",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    model_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    step = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_outputs", x => new { x.run_key, x.model_id });
                    table.ForeignKey(
                        name: "FK_model_outputs_runs_run_key",
                        column: x => x.run_key,
                        principalTable: "runs",
                        principalColumn: "run_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "params",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    experiment_key = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_params", x => new { x.run_key, x.key });
                    table.ForeignKey(
                        name: "FK_params_runs_run_key",
                        column: x => x.run_key,
                        principalTable: "runs",
                        principalColumn: "run_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "tags",
                columns: table => new
                {
                    run_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    experiment_key = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tags", x => new { x.run_key, x.key });
                    table.ForeignKey(
                        name: "FK_tags_runs_run_key",
                        column: x => x.run_key,
                        principalTable: "runs",
                        principalColumn: "run_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "input_tags",
                columns: table => new
                {
                    input_key = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_input_tags", x => new { x.input_key, x.key });
                    table.ForeignKey(
                        name: "FK_input_tags_dataset_inputs_input_key",
                        column: x => x.input_key,
                        principalTable: "dataset_inputs",
                        principalColumn: "input_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_artifact_removals_due_at",
                table: "artifact_removals",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_dataset_inputs_dataset_key",
                table: "dataset_inputs",
                column: "dataset_key");

            migrationBuilder.CreateIndex(
                name: "IX_dataset_inputs_run_key_dataset_key",
                table: "dataset_inputs",
                columns: new[] { "run_key", "dataset_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_datasets_experiment_key_name_digest",
                table: "datasets",
                columns: new[] { "experiment_key", "name", "digest" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_experiments_workspace_id_experiment_id",
                table: "experiments",
                columns: new[] { "workspace_id", "experiment_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_experiments_workspace_id_lifecycle_stage_creation_time",
                table: "experiments",
                columns: new[] { "workspace_id", "lifecycle_stage", "creation_time" });

            migrationBuilder.CreateIndex(
                name: "IX_experiments_workspace_id_name",
                table: "experiments",
                columns: new[] { "workspace_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_latest_metrics_experiment_key_key_is_nan_value_run_key",
                table: "latest_metrics",
                columns: new[] { "experiment_key", "key", "is_nan", "value", "run_key" });

            migrationBuilder.CreateIndex(
                name: "IX_logged_models_experiment_key_creation_time",
                table: "logged_models",
                columns: new[] { "experiment_key", "creation_time" });

            migrationBuilder.CreateIndex(
                name: "IX_logged_models_workspace_id_model_id",
                table: "logged_models",
                columns: new[] { "workspace_id", "model_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_aggregate_sequence",
                table: "outbox",
                columns: new[] { "aggregate", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_registrations_workspace_id_logged_model_id",
                table: "registrations",
                columns: new[] { "workspace_id", "logged_model_id" });

            migrationBuilder.CreateIndex(
                name: "IX_registrations_workspace_id_run_id",
                table: "registrations",
                columns: new[] { "workspace_id", "run_id" });

            migrationBuilder.CreateIndex(
                name: "IX_runs_experiment_key_lifecycle_stage_start_time_run_id",
                table: "runs",
                columns: new[] { "experiment_key", "lifecycle_stage", "start_time", "run_id" },
                descending: new[] { false, false, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_runs_workspace_id_run_id",
                table: "runs",
                columns: new[] { "workspace_id", "run_id" },
                unique: true);

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
                name: "artifact_removals");

            migrationBuilder.DropTable(
                name: "experiment_counters");

            migrationBuilder.DropTable(
                name: "experiment_tags");

            migrationBuilder.DropTable(
                name: "inbox");

            migrationBuilder.DropTable(
                name: "inbox_parked");

            migrationBuilder.DropTable(
                name: "input_tags");

            migrationBuilder.DropTable(
                name: "latest_metrics");

            migrationBuilder.DropTable(
                name: "logged_model_metrics");

            migrationBuilder.DropTable(
                name: "logged_model_params");

            migrationBuilder.DropTable(
                name: "logged_model_tags");

            migrationBuilder.DropTable(
                name: "metrics");

            migrationBuilder.DropTable(
                name: "model_inputs");

            migrationBuilder.DropTable(
                name: "model_outputs");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "params");

            migrationBuilder.DropTable(
                name: "registrations");

            migrationBuilder.DropTable(
                name: "retention_policies");

            migrationBuilder.DropTable(
                name: "tags");

            migrationBuilder.DropTable(
                name: "workspaces");

            migrationBuilder.DropTable(
                name: "dataset_inputs");

            migrationBuilder.DropTable(
                name: "logged_models");

            migrationBuilder.DropTable(
                name: "datasets");

            migrationBuilder.DropTable(
                name: "runs");

            migrationBuilder.DropTable(
                name: "experiments");
        }
    }
}
