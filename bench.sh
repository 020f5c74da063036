#!/usr/bin/env bash
# Measures: ./bench.sh NAME [arguments]. Names: the folders of bench/.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=${1:-}
if [ -z "$name" ] || [ ! -d "$root/bench/$name" ]; then
  echo "Usage: ./bench.sh NAME, one of: $(cd "$root/bench" && ls -d */ | tr -d / | tr '\n' ' ')" >&2
  exit 2
fi
shift
dotnet build "$root/bench/$name" -c Release -v q --nologo >&2
exec dotnet "$root/bench/$name/bin/Release/net10.0/MlopsPlane.Bench.$name.dll" "$@"
