#!/usr/bin/env bash
# Adds a migration to both providers of a service: eng/migrations.sh SERVICE NAME, e.g. eng/migrations.sh ExperimentTracker RunIndexes
# With --reset instead of NAME it replaces all migrations by one Initial (only before the first release).
set -euo pipefail
cd "$(dirname "$0")/.."
service=$1 name=$2
dotnet tool restore >/dev/null
case $service in InferenceGateway) prefix=Inference ;; ExperimentTracker) prefix=Tracker ;; ModelRegistry) prefix=Registry ;; *) prefix=$service ;; esac
project=services/$service
if [ "$name" = --reset ]; then
  # The snapshot lies in a folder of its namespace; left there, the new migration would only hold the difference.
  rm -rf "$project/Storage/Migrations" "$project/MlopsPlane"
  name=Initial
fi
dotnet build "$project" -v q --nologo
for provider in Sqlite Postgres; do
  dotnet dotnet-ef migrations add "$provider$name" --no-build --project "$project" --context "$provider${prefix}Db" \
    -o "Storage/Migrations/$provider"
done
