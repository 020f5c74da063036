#!/usr/bin/env bash
# Checks execution providers on a machine with an NVIDIA GPU, CUDA and cuDNN, and prints what it used: eng/gpu-check.sh
# PLANE_GPU_LIBRARY=FILE takes another build of ONNX Runtime than the one that is fetched from NuGet.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v nvidia-smi >/dev/null || ! gpu=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader); then
  echo "There is no NVIDIA GPU here, or no driver (nvidia-smi)." >&2
  exit 1
fi
echo "GPU:     $gpu"
library=${PLANE_GPU_LIBRARY:-}
if [ -z "$library" ]; then
  dotnet restore eng/gpu/gpu.csproj -v q --nologo
  cache=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
  library=$(find "${cache%/}/microsoft.ml.onnxruntime.gpu.linux" -name libonnxruntime.so | sort -V | tail -1)
fi
echo "Library: $library"

data=$(mktemp -d)
url=http://127.0.0.1:5078
server=
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  server=
}
trap 'stop; rm -rf "$data"' EXIT

start() {
  env "$@" ./run.sh --urls $url --data "$data" --Serving:OnnxRuntimeLibrary "$library" >"$data/log" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    curl -fsS $url/readyz >/dev/null 2>&1 && return
    kill -0 $server 2>/dev/null || break
    sleep 0.5
  done
  cat "$data/log" >&2
  echo "The server did not start." >&2
  exit 1
}

post() { curl -fsS -H 'Content-Type: application/json' "$url$1" -d "$2"; }

# Prints a field of a JSON document on standard input, by a path of keys and numbers.
field() { python3 -c 'import json, sys
at = json.load(sys.stdin)
for key in sys.argv[1:]:
    at = at[int(key) if key.lstrip("-").isdigit() else key]
print(at)' "$@"; }

deploy() { # name model provider
  post /api/v1/serving/deployments "{\"name\": \"$1\", \"model\": \"models:/$2/1\", \"provider\": $3}" >/dev/null
  for _ in $(seq 240); do
    phase=$(curl -fsS $url/api/v1/serving/deployments/"$1" | field phase)
    case $phase in Ready | Failed) break ;; esac
    sleep 0.5
  done
}

replica() { curl -fsS $url/api/v1/serving/deployments/"$1"/status | field replicas 0 "$2"; }

expect() { # what actual expected
  if [ "$2" != "$3" ]; then
    echo "FAILED  $1: $2, not $3" >&2
    cat "$data/log" >&2
    exit 1
  fi
  echo "ok      $1: $2"
}

start
for model in linear image; do
  curl -fsS -T tests/models/$model.onnx $url/api/2.0/mlflow-artifacts/artifacts/gpu-check/$model/model.onnx >/dev/null
  post /api/2.0/mlflow/registered-models/create "{\"name\": \"$model\"}" >/dev/null
  post /api/2.0/mlflow/model-versions/create "{\"name\": \"$model\", \"source\": \"mlflow-artifacts:/gpu-check/$model\"}" >/dev/null
  deploy $model-cpu $model '{"kind": "cpu"}'
  deploy $model-gpu $model '{"kind": "cuda", "onMissing": "fail"}'
  [ "$phase" = Ready ] || echo "        $(replica $model-gpu reason)"
  expect "phase of $model with CUDA" "$phase" Ready
  expect "provider of $model" "$(replica $model-gpu provider)" cuda
done
# Two of the same shape: the second must not get the answer of the first.
for data in '1, 2, 3, 4' '-7, 0.5, 11, 3'; do
  input="{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 4], \"data\": [$data]}]}"
  near=$(python3 -c 'import json, sys; a, b = (json.loads(text) for text in sys.argv[1:]); print(max(abs(x - y) for x, y in zip(a, b)) < 1e-2)' \
    "$(post /v2/models/linear-cpu/infer "$input" | field outputs 0 data)" "$(post /v2/models/linear-gpu/infer "$input" | field outputs 0 data)")
  expect "CPU and GPU answer [$data] alike" "$near" True
done
used=$(curl -fsS $url/metrics | awk '/^mlops_inference_gpu_memory.*kind="used"/ { sum += $NF } END { print sum > 0 ? "yes" : "no" }')
expect "GPU memory is measured" "$used" yes
stop

# Without a device the library is there and the provider is not.
start CUDA_VISIBLE_DEVICES=
deploy fallback linear '{"kind": "cuda", "onMissing": "cpu"}'
expect "phase without a device, CPU allowed" "$phase" Ready
expect "provider" "$(replica fallback provider)" cpu
echo "        reason: $(replica fallback fallbackReason)"
deploy refused linear '{"kind": "cuda", "onMissing": "fail"}'
expect "phase without a device, CPU not allowed" "$phase" Failed
echo "        reason: $(replica refused reason)"
echo "All checks of execution providers passed."
