#!/usr/bin/env bash
# Runs every test on SQLite and on a real PostgreSQL: ./test.sh [--soak] [dotnet test arguments]
# --soak runs the long rounds of the fault tests. A missing server is a skip here and a failure where CI=true.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [ "${1:-}" = --soak ]; then
  export PLANE_SOAK=1
  shift
fi
if [ -f package-lock.json ] && [ ! -d node_modules ]; then
  npm ci --silent --no-audit --no-fund || exit 1
fi
# The product compiles hot code at once and again with profiles; the hundreds of short processes of the tests would not get it back.
export DOTNET_TC_CallCountingDelayMs=64 DOTNET_TieredPGO=0   # hexadecimal: 100 ms, the platform's own
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
dotnet build MlopsPlane.sln -c Release -v q --nologo || exit 1
dotnet test MlopsPlane.sln -c Release --no-build --nologo -v q --logger "trx" --results-directory "$results" "$@"
status=$?
# What failed and why, since the runner names only the tests.
cat "$results"/*.trx 2>/dev/null | awk '
  /<UnitTestResult / { name = ""; if (match($0, /testName="[^"]*"/)) name = substr($0, RSTART + 10, RLENGTH - 11) }
  /<Message>/ { print "FAILED " name; told = 1 }
  told { line = $0; gsub(/<[^>]*>/, "", line); gsub(/^ +/, "", line); print "  " line }
  /<\/StackTrace>/ { told = 0 }'
# The closing line counts every test of every project.
cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | awk '
  { for (i = 1; i <= NF; i++) if (split($i, part, "\"") >= 2) { sub("=", "", part[1]); count[part[1]] += part[2] } }
  END { printf "%d passed, %d failed, %d skipped\n", count["passed"], count["failed"], count["total"] - count["passed"] - count["failed"] }'
exit $status
