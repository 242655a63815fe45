#!/usr/bin/env bash
# bench.sh <bin>: builds and runs the benchmark against the published daemon; beside it against PEER, or against Debian's
# containerd where that is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ $(id -u) -eq 0 ]] || { echo "needs root" >&2; exit 1; }
KEELSON_BIN=$(cd "$1" && pwd)
export KEELSON_BIN
dotnet build bench/bench.csproj -c Release -nologo -v:q -clp:NoSummary -p:RunAnalyzers=false
command=(dotnet artifacts/bin/bench/release/keelson-bench.dll)
if [[ -z ${PEER:-} ]] && command -v containerd >/dev/null && command -v runc >/dev/null; then
    command=(eng/with-containerd.sh "${command[@]}")
elif [[ -z ${TEST_IMAGE:-} ]]; then
    command=(eng/with-registry.sh "${command[@]}")
fi
exec "${command[@]}"
