#!/usr/bin/env bash
# Builds and starts the whole control plane in one process: ./run.sh [--urls URL] [--data DIR]
# Other verbs: ./run.sh backup FILE | restore FILE [--force] | migrate, each with --data DIR.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
log=$(mktemp)
if ! dotnet build "$root/services/AllInOne" -c Release -v q --nologo >"$log" 2>&1; then
  cat "$log" >&2
  rm -f "$log"
  exit 1
fi
rm -f "$log"
# exec: Ctrl-C and SIGTERM reach the server itself, which then stops cleanly.
exec dotnet "$root/services/AllInOne/bin/Release/net10.0/MlopsPlane.AllInOne.dll" --Workspaces:AutoCreate true "$@"
