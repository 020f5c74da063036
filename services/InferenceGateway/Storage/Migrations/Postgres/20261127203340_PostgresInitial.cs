using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MlopsPlane.InferenceGateway.Storage.Migrations.Postgres
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
                    last = table.Column<long>(type: "bigint", nullable: false),
                    last_at = table.Column<long>(type: "bigint", nullable: false),
                    previous_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_aggregate_sequences", x => x.aggregate);
                });

            migrationBuilder.CreateTable(
                name: "deployment_changes",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    changes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deployment_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "deployment_events",
                columns: table => new
                {
                    event_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    deployment_key = table.Column<long>(type: "bigint", nullable: false),
                    deployment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    severity = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    message = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    replica = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deployment_events", x => x.event_id);
                });

            migrationBuilder.CreateTable(
                name: "deployments",
                columns: table => new
                {
                    deployment_key = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    workspace_id = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    pool = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    spec = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    retries = table.Column<int>(type: "integer", nullable: false),
                    suspended = table.Column<bool>(type: "boolean", nullable: false),
                    unplaced = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    updated_at = table.Column<long>(type: "bigint", nullable: false),
                    updated_by = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deployments", x => x.deployment_key);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                columns: table => new
                {
                    consumer = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    aggregate = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    last_sequence = table.Column<long>(type: "bigint", nullable: false),
                    touched_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox", x => new { x.consumer, x.aggregate });
                });

            migrationBuilder.CreateTable(
                name: "inbox_consumers",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    since = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox_consumers", x => x.name);
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
                    occurred_at = table.Column<long>(type: "bigint", nullable: false),
                    trace_parent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    parked_at = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    available_at = table.Column<long>(type: "bigint", nullable: false),
                    last_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    dead_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox_parked", x => new { x.consumer, x.aggregate, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "leader_lease",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    holder = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    until = table.Column<long>(type: "bigint", nullable: false),
                    term = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leader_lease", x => x.id);
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
                    previous_at = table.Column<long>(type: "bigint", nullable: true),
                    trace_parent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    last_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    available_at = table.Column<long>(type: "bigint", nullable: false),
                    lease = table.Column<Guid>(type: "uuid", nullable: true),
                    leased_until = table.Column<long>(type: "bigint", nullable: true),
                    parked_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.position);
                });

            migrationBuilder.CreateTable(
                name: "replica_states",
                columns: table => new
                {
                    replica_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    deployment_key = table.Column<long>(type: "bigint", nullable: false),
                    variant = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    provider = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    fallback_reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    memory_bytes = table.Column<long>(type: "bigint", nullable: true),
                    progress = table.Column<double>(type: "double precision", nullable: true),
                    last_used_at = table.Column<long>(type: "bigint", nullable: true),
                    updated_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_replica_states", x => new { x.replica_id, x.deployment_key, x.variant, x.version });
                });

            migrationBuilder.CreateTable(
                name: "replicas",
                columns: table => new
                {
                    replica_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    url = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    grpc_url = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    pool = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    providers = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    memory_budget_bytes = table.Column<long>(type: "bigint", nullable: true),
                    memory_used_bytes = table.Column<long>(type: "bigint", nullable: false),
                    planned = table.Column<bool>(type: "boolean", nullable: false),
                    usage_batch = table.Column<Guid>(type: "uuid", nullable: true),
                    heartbeat_at = table.Column<long>(type: "bigint", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_replicas", x => x.replica_id);
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
                name: "assignments",
                columns: table => new
                {
                    deployment_key = table.Column<long>(type: "bigint", nullable: false),
                    replica_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    assigned_at = table.Column<long>(type: "bigint", nullable: false),
                    evicted_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_assignments", x => new { x.deployment_key, x.replica_id });
                    table.ForeignKey(
                        name: "FK_assignments_deployments_deployment_key",
                        column: x => x.deployment_key,
                        principalTable: "deployments",
                        principalColumn: "deployment_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "deployment_targets",
                columns: table => new
                {
                    deployment_key = table.Column<long>(type: "bigint", nullable: false),
                    variant = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    alias = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    previous_version = table.Column<int>(type: "integer", nullable: true),
                    file_bytes = table.Column<long>(type: "bigint", nullable: true),
                    memory_bytes = table.Column<long>(type: "bigint", nullable: true),
                    moved_at = table.Column<long>(type: "bigint", nullable: false),
                    rolled_back = table.Column<bool>(type: "boolean", nullable: false),
                    unconfirmed = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deployment_targets", x => new { x.deployment_key, x.variant });
                    table.ForeignKey(
                        name: "FK_deployment_targets_deployments_deployment_key",
                        column: x => x.deployment_key,
                        principalTable: "deployments",
                        principalColumn: "deployment_key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.InsertData(
                table: "deployment_changes",
                columns: new[] { "id", "changes" },
                values: new object[] { 1, 0L });

            migrationBuilder.InsertData(
                table: "leader_lease",
                columns: new[] { "id", "holder", "term", "until" },
                values: new object[] { 1, "", 0L, 0L });

            migrationBuilder.CreateIndex(
                name: "IX_assignments_replica_id",
                table: "assignments",
                column: "replica_id");

            migrationBuilder.CreateIndex(
                name: "IX_deployment_events_at",
                table: "deployment_events",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_deployment_events_workspace_id_deployment_event_id",
                table: "deployment_events",
                columns: new[] { "workspace_id", "deployment", "event_id" });

            migrationBuilder.CreateIndex(
                name: "IX_deployment_targets_model_alias",
                table: "deployment_targets",
                columns: new[] { "model", "alias" });

            migrationBuilder.CreateIndex(
                name: "ix_deployment_targets_unconfirmed",
                table: "deployment_targets",
                column: "deployment_key",
                filter: "unconfirmed");

            migrationBuilder.CreateIndex(
                name: "IX_deployments_workspace_id_name",
                table: "deployments",
                columns: new[] { "workspace_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_inbox_touched_at",
                table: "inbox",
                column: "touched_at");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_aggregate_sequence",
                table: "outbox",
                columns: new[] { "aggregate", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_held",
                table: "outbox",
                column: "aggregate",
                filter: "leased_until IS NOT NULL OR parked_at IS NOT NULL OR available_at > 0");

            migrationBuilder.CreateIndex(
                name: "IX_replica_states_deployment_key",
                table: "replica_states",
                column: "deployment_key");

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
                name: "assignments");

            migrationBuilder.DropTable(
                name: "deployment_changes");

            migrationBuilder.DropTable(
                name: "deployment_events");

            migrationBuilder.DropTable(
                name: "deployment_targets");

            migrationBuilder.DropTable(
                name: "inbox");

            migrationBuilder.DropTable(
                name: "inbox_consumers");

            migrationBuilder.DropTable(
                name: "inbox_parked");

            migrationBuilder.DropTable(
                name: "leader_lease");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "replica_states");

            migrationBuilder.DropTable(
                name: "replicas");

            migrationBuilder.DropTable(
                name: "workspaces");

            migrationBuilder.DropTable(
                name: "deployments");
        }
    }
}
