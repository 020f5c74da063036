#!/usr/bin/env bash
# The product as a cluster on one machine: eng/cluster.sh up | down [--purge] | status | restart [NAME...]
# up: PostgreSQL, RabbitMQ, every service twice and the edge, each a process of its own on loopback. It ends with lines
#     that scripts can read: PLANE_URL, PLANE_GRPC_URL, PLANE_KEY (an admin key made for this start) and HOST_URL for
#     each process behind the edge. Exit status 0 means that every one of them answered ready.
# restart: one process after the other, each when the one before is ready; all that lie behind the edge, or those named
#     as status names them. One that was killed is started.
# down: stops all of them and waits until they are gone; --purge deletes their data too.
# PLANE_CLUSTER_DIR (default .cluster) keeps data and logs; PLANE_CLUSTER_PORT (default 5080) is the edge's, and the
# ports up to 25 above it belong to the rest. PLANE_NO_BUILD=1 takes what is built. The servers come from local binaries,
# or from Docker (docker-compose.yml) where those are missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dir=${PLANE_CLUSTER_DIR:-$root/.cluster}
port=${PLANE_CLUSTER_PORT:-5080}
grpc_port=$((port + 1)) pg_port=$((port + 20)) mq_port=$((port + 21)) mq_dist=$((port + 22)) epmd_port=$((port + 23))
services=(access:Access tracker:ExperimentTracker registry:ModelRegistry console:Console inference:InferenceGateway)
with_database=(access tracker registry inference)
replicas=2
configuration=Release

say() { echo "$*" >&2; }
die() { say "$*"; exit 1; }
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
pg_bin() { dirname "$(command -v pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null | sort -V | tail -1)"; }
compose() { PLANE_PG_PORT=$pg_port PLANE_MQ_PORT=$mq_port docker compose -f "$root/docker-compose.yml" -p "plane$port" "$@"; }
have_pg() { command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; }
have_mq() { command -v rabbitmq-server >/dev/null || [ -x /usr/sbin/rabbitmq-server ]; }
dll() { echo "$root/services/$1/bin/$configuration/net10.0/MlopsPlane.$1.dll"; }
host_port() { echo $((port + 2 + $1 * replicas + $2)); }   # service index, replica index
grpc_host_port() { echo $((port + 16 + $1)); }   # replica index of the inference gateway

mq() {
  env HOME="$dir/rabbitmq" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$epmd_port RABBITMQ_NODENAME="plane$port@localhost" \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$mq_port RABBITMQ_DIST_PORT=$mq_dist RABBITMQ_MNESIA_BASE="$dir/rabbitmq/data" \
    RABBITMQ_LOG_BASE="$dir/rabbitmq/log" RABBITMQ_ENABLED_PLUGINS_FILE="$dir/rabbitmq/plugins" RABBITMQ_CONFIG_FILE="$dir/rabbitmq/rabbitmq" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}" PATH="$PATH:/usr/sbin" "$@"
}

wait_for() {   # what, seconds, command...
  local what=$1 until=$((SECONDS + $2)); shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] || die "$what did not come up; its log is in $dir"
    sleep 0.2
  done
}

start_postgres() {
  if ! have_pg; then
    command -v docker >/dev/null || die "Neither PostgreSQL's binaries nor Docker are here."
    compose up -d --wait postgres >&2
    return
  fi
  mkdir -p "$dir/postgres"
  # PostgreSQL runs as a user of its own then, who must get through to its data.
  if [ "$(id -u)" = 0 ]; then chmod go+x "$dir"; chown postgres "$dir/postgres"; fi
  if [ ! -f "$dir/postgres/data/PG_VERSION" ]; then
    as_postgres "$(pg_bin)/initdb" -D "$dir/postgres/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/postgres.init.log" 2>&1 \
      || { cat "$dir/postgres.init.log" >&2; die "PostgreSQL's initdb failed."; }
  fi
  as_postgres "$(pg_bin)/pg_ctl" -D "$dir/postgres/data" -w -l "$dir/postgres/log" \
    -o "-c listen_addresses=127.0.0.1 -p $pg_port -k $dir/postgres -c max_connections=200" start >"$dir/postgres.start.log" 2>&1 \
    || die "PostgreSQL did not start; see $dir/postgres/log"
}

sql() {
  if have_pg; then "$(command -v psql || echo "$(pg_bin)/psql")" -h 127.0.0.1 -p "$pg_port" -U postgres -d postgres -Atqc "$1"
  else compose exec -T postgres psql -U postgres -d postgres -Atqc "$1"; fi
}

create_databases() {
  for name in "${with_database[@]}"; do
    [ "$(sql "SELECT count(*) FROM pg_database WHERE datname = 'plane_$name'")" = 1 ] || sql "CREATE DATABASE plane_$name TEMPLATE template0 ENCODING 'UTF8'"
  done
}

start_rabbitmq() {
  if ! have_mq; then
    command -v docker >/dev/null || die "Neither RabbitMQ nor Docker are here."
    compose up -d --wait rabbitmq >&2
    return
  fi
  mkdir -p "$dir/rabbitmq/data" "$dir/rabbitmq/log"
  echo '[].' >"$dir/rabbitmq/plugins"
  printf 'listeners.tcp.1 = 127.0.0.1:%s\n' "$mq_port" >"$dir/rabbitmq/rabbitmq.conf"
  [ "$(id -u)" = 0 ] && chown -R rabbitmq "$dir/rabbitmq" 2>/dev/null || true
  mq rabbitmq-server -detached >"$dir/rabbitmq.start.log" 2>&1
}

await_rabbitmq() {
  have_mq || return 0
  mq timeout 90 rabbitmqctl await_startup --timeout 90 >"$dir/rabbitmq.await.log" 2>&1 || die "RabbitMQ did not start; see $dir/rabbitmq/log"
}

# Options that every service of its own gets.
options() {   # service
  echo "--Storage:Provider=Postgres"
  echo "--Storage:Postgres=Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=plane_{service};Maximum Pool Size=10"
  echo "--Storage:DataFolder=$dir/files"
  echo "--Artifacts:Folder=$dir/artifacts"
  echo "--Workspaces:AutoCreate=true"
  echo "--Identity:ClusterSecretFile=$dir/secret"
  echo "--Webhooks:SecretKeyFile=$dir/webhook.key"
  echo "--Messaging:RabbitMq=amqp://127.0.0.1:$mq_port/"
  echo "--Services:Access=$(addresses 0)"
  echo "--Services:Tracker=$(addresses 1)"
  echo "--Services:Registry=$(addresses 2)"
  echo "--Services:Inference=$(addresses 4)"
}

# Options that belong to one replica.
own_options() {   # service, replica
  [ "$1" = inference ] || return 0
  echo "--grpc-urls=http://127.0.0.1:$(grpc_host_port "$2")"
  echo "--Serving:ModelCache:Folder=$dir/model-cache-$(($2 + 1))"
}

addresses() {   # service index
  local all="" r
  for ((r = 0; r < replicas; r++)); do all="$all${all:+;}http://127.0.0.1:$(host_port "$1" $r)"; done
  echo "$all"
}

run() {   # name, dll, arguments...
  local name=$1 program=$2; shift 2
  ( cd "$dir" && exec setsid nohup dotnet "$program" "$@" >"$dir/logs/$name.log" 2>&1 ) &
  echo $! >"$dir/run/$name.pid"
}

start_service() {   # index, replica
  local name project
  IFS=: read -r name project <<<"${services[$1]}"
  mapfile -t given < <(options "$name"; own_options "$name" "$2")
  run "$name-$(($2 + 1))" "$(dll "$project.Host")" --urls "http://127.0.0.1:$(host_port "$1" "$2")" "${given[@]}"
}

write_edge_config() {
  { echo '{ "Edge": { "Services": {'
    for i in "${!services[@]}"; do
      [ "$i" = 0 ] || echo ','
      printf '"%s": { "Addresses": [' "${services[$i]%%:*}"
      for ((r = 0; r < replicas; r++)); do [ $r = 0 ] || printf ', '; printf '"http://127.0.0.1:%s"' "$(host_port "$i" $r)"; done
      printf '] }'
    done
    printf ', "inference-grpc": { "Module": "inference", "Http2": true, "Addresses": ['
    for ((r = 0; r < replicas; r++)); do [ $r = 0 ] || printf ', '; printf '"http://127.0.0.1:%s"' "$(grpc_host_port $r)"; done
    printf '] }'
    echo '} } }'
  } >"$dir/edge.json"
}

start_edge() {
  run edge "$(dll EdgeGateway)" --urls "http://127.0.0.1:$port" --config "$dir/edge.json" --Edge:GrpcUrl "http://127.0.0.1:$grpc_port" \
    --Edge:KeyFolder "$dir/keys" --Identity:ClusterSecretFile "$dir/secret" --Services:Access "$(addresses 0)"
}

ready() { curl -fsS -m 2 "http://127.0.0.1:$1/readyz"; }

up() {
  [ ! -d "$dir/run" ] || [ -z "$(ls -A "$dir/run" 2>/dev/null)" ] || die "It runs already: eng/cluster.sh down first (or $dir/run holds the pid files of one that died)."
  mkdir -p "$dir/run" "$dir/logs" "$dir/files" "$dir/artifacts" "$dir/keys"
  trap 'code=$?; if [ $code != 0 ]; then say "Stopping what was started."; down; fi; exit $code' EXIT
  if [ "${PLANE_NO_BUILD:-}" != 1 ]; then
    for project in Access.Host ExperimentTracker.Host ModelRegistry.Host Console.Host InferenceGateway.Host EdgeGateway; do
      dotnet build "$root/services/$project" -c $configuration -v q --nologo >"$dir/build.log" 2>&1 || { cat "$dir/build.log" >&2; die "The build failed."; }
    done
  fi
  [ -f "$dir/secret" ] || (umask 077; head -c 48 /dev/urandom | base64 -w0 >"$dir/secret"; echo >>"$dir/secret")
  [ -f "$dir/webhook.key" ] || (umask 077; head -c 32 /dev/urandom | base64 -w0 >"$dir/webhook.key")
  start_rabbitmq
  start_postgres
  create_databases
  await_rabbitmq
  for i in "${!services[@]}"; do
    IFS=: read -r name project <<<"${services[$i]}"
    [[ " ${with_database[*]} " == *" $name "* ]] || continue
    mapfile -t given < <(options "$name")
    dotnet "$(dll "$project.Host")" migrate "${given[@]}" >"$dir/logs/$name-migrate.log" 2>&1 || { cat "$dir/logs/$name-migrate.log" >&2; die "migrate of $name failed."; }
  done
  for i in "${!services[@]}"; do for ((r = 0; r < replicas; r++)); do start_service "$i" $r; done; done
  write_edge_config
  start_edge
  for i in "${!services[@]}"; do for ((r = 0; r < replicas; r++)); do
    wait_for "${services[$i]%%:*}, replica $((r + 1))," 120 ready "$(host_port "$i" $r)"
  done; done
  wait_for "The edge" 60 ready "$port"
  mapfile -t given < <(options access)
  key=$(dotnet "$(dll Access.Host)" admin-key "${given[@]}" | tail -1)
  trap - EXIT
  echo "PLANE_URL=http://127.0.0.1:$port"
  echo "PLANE_GRPC_URL=http://127.0.0.1:$grpc_port"
  echo "PLANE_KEY=$key"
  for i in "${!services[@]}"; do for ((r = 0; r < replicas; r++)); do
    echo "HOST_URL=${services[$i]%%:*}:$((r + 1))=http://127.0.0.1:$(host_port "$i" $r)"
  done; done
}

# Waits until a process that was told to stop is gone.
gone() {   # pid file
  local pid
  pid=$(cat "$1")
  for _ in $(seq 400); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null || true
  rm -f "$1"
}

restart() {   # names
  local name i r
  [ -d "$dir/run" ] || die "Nothing runs."
  if [ $# = 0 ]; then
    for i in "${!services[@]}"; do for ((r = 1; r <= replicas; r++)); do set -- "$@" "${services[$i]%%:*}-$r"; done; done
  fi
  for name in "$@"; do
    if [ -f "$dir/run/$name.pid" ]; then
      kill -TERM "$(cat "$dir/run/$name.pid")" 2>/dev/null || true
      gone "$dir/run/$name.pid"
    fi
    if [ "$name" = edge ]; then
      start_edge
      wait_for "The edge" 60 ready "$port"
      continue
    fi
    for i in "${!services[@]}"; do
      [ "${services[$i]%%:*}" = "${name%-*}" ] || continue
      start_service "$i" $((${name##*-} - 1))
      wait_for "$name" 120 ready "$(host_port "$i" $((${name##*-} - 1)))"
      continue 2
    done
    die "There is no $name; status names what runs."
  done
}

down() {
  local file
  for file in "$dir"/run/edge.pid "$dir"/run/*.pid; do
    [ -f "$file" ] && kill -TERM "$(cat "$file")" 2>/dev/null || true
  done
  for file in "$dir"/run/*.pid; do
    [ -f "$file" ] && gone "$file"
  done
  if have_mq && [ -d "$dir/rabbitmq" ]; then
    mq timeout 60 rabbitmqctl stop >/dev/null 2>&1 || true
    # It refuses to go while it still knows a node.
    for _ in $(seq 50); do mq epmd -kill 2>&1 | grep -qi 'killed\|cannot connect' && break; sleep 0.1; done
  fi
  if have_pg && [ -f "$dir/postgres/data/postmaster.pid" ]; then
    as_postgres "$(pg_bin)/pg_ctl" -D "$dir/postgres/data" -m fast -w stop >/dev/null 2>&1 || true
  fi
  if { ! have_pg || ! have_mq; } && command -v docker >/dev/null; then
    compose down ${1:+--volumes} >/dev/null 2>&1 || true
  fi
  if [ "${1:-}" = --purge ]; then rm -rf "$dir"; fi
}

status() {
  local file
  for file in "$dir"/run/*.pid; do
    [ -f "$file" ] || { echo "Nothing runs."; return 1; }
    echo "$(basename "$file" .pid) pid $(cat "$file") $(kill -0 "$(cat "$file")" 2>/dev/null && echo up || echo GONE)"
  done
}

case ${1:-} in
  up) up ;;
  down) down "${2:-}" ;;
  status) status ;;
  restart) shift; restart "$@" ;;
  *) say "Usage: eng/cluster.sh up | down [--purge] | status | restart [NAME...]"; exit 2 ;;
esac
